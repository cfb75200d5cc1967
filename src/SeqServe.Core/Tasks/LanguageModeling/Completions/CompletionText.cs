using System.Text;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>Language models asked by tensors of text: the completion.</summary>
public sealed class CompletionText(TextCompleter completer) : ITextTensorTask
{
    private const double MaxTemperature = 2;

    /// <inheritdoc/>
    public string Task => LanguageModelingTask.TaskName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Outputs { get; } = ["completion"];

    /// <inheritdoc/>
    public IAdmission Queue(ServedModel model) => ((ServedLanguageModel)model).Batcher;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Tensor>> AnswerAsync(
        ServedModel model, TextInput text, TensorRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var parameters = request.Parameters;
        using var running = completer.Start(
            (ServedLanguageModel)model,
            new CompletionRequest(new PromptSet([.. text.Texts.Select(Prompt.OfText)], IsSingle: false, TextInput.Name))
            {
                MaxTokens = (int?)parameters.Whole("max_tokens", 0, int.MaxValue),
                Sampling = new SamplingOptions
                {
                    Temperature = parameters.Number("temperature", 0, MaxTemperature),
                    TopP = parameters.Number("top_p", 0, 1),
                    TopK = (int?)parameters.Whole("top_k", 1, int.MaxValue),
                },
                Seed = parameters.Whole("seed", long.MinValue, long.MaxValue),
                Stops = parameters.Text("stop") is { Length: > 0 } stop ? [stop] : [],
                Timeout = request.Timeout,
                Priority = request.Priority,
            },
            observed,
            cancellation);
        var completions = Array.ConvertAll(text.Texts.ToArray(), static _ => new StringBuilder());
        await foreach (var piece in running.ReadAsync(cancellation).ConfigureAwait(false))
            completions[piece.Choice].Append(piece.Text);
        return [.. request.Outputs.Select(name => text.Strings(name, completions.Select(static completion => completion.ToString())))];
    }
}
