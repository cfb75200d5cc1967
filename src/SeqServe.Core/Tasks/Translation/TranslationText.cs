using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>Translators asked by tensors of text: translation and score.</summary>
public sealed class TranslationText(Translator translator) : ITextTensorTask
{
    private const string Translation = "translation";
    private const string Score = "score";

    /// <inheritdoc/>
    public string Task => TranslationTask.TaskName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Outputs { get; } = [Translation, Score];

    /// <inheritdoc/>
    public IAdmission Queue(ServedModel model) => ((ServedTranslator)model).Batcher;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Tensor>> AnswerAsync(
        ServedModel model, TextInput text, TensorRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var parameters = request.Parameters;
        var response = await translator.TranslateAsync(
            (ServedTranslator)model,
            new TranslationRequest(text.Texts)
            {
                Field = TextInput.Name,
                BeamSize = (int?)parameters.Whole("beam_size", 1, TranslationRequest.MaxBeams),
                LengthPenalty = parameters.Number("length_penalty", 0, TranslationRequest.LargestLengthPenalty),
                MaxTokens = (int?)parameters.Whole("max_tokens", 1, int.MaxValue),
                Timeout = request.Timeout,
                Priority = request.Priority,
            },
            observed,
            cancellation).ConfigureAwait(false);
        return [.. request.Outputs.Select(name => name == Score
            ? text.Numbers(name, response.Results.Select(r => (float)r.Score))
            : text.Strings(name, response.Results.Select(r => r.Translation)))];
    }
}
