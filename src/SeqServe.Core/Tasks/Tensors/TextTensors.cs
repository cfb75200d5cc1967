using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.Completions;
using SeqServe.Core.Tasks.LanguageModeling.Prompts;
using SeqServe.Core.Tasks.Translation;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>
/// Text models asked by tensors of text: an input <c>text</c> of BYTES goes through tokenizer, batches and loops as on the native routes. A classifier answers <c>label</c>,
/// <c>score</c> and <c>probabilities</c>, a translator <c>translation</c> and <c>score</c>, a language model <c>completion</c>.
/// </summary>
public sealed class TextTensors(SequenceClassifier classifier, Translator translator, TextCompleter completer)
{
    private const int DefaultMaxTokens = 16;
    private const double LargestTemperature = 2;

    private static readonly string[] s_ofClassifier = ["label", "score", "probabilities"];
    private static readonly string[] s_ofTranslator = ["translation", "score"];
    private static readonly string[] s_ofLanguageModel = ["completion"];

    /// <summary>Whether a request asks a text model by text.</summary>
    internal static bool Takes(ServedModel model, TensorRequest request) =>
        model is ServedClassifier or ServedTranslator or ServedLanguageModel && request.Inputs.Any(input => input.Name == TextInput.Name);

    /// <summary>Answers such a request.</summary>
    /// <param name="lease">The model; let go here, since the use cases take leases of their own.</param>
    /// <param name="request">The request.</param>
    /// <param name="observed">Receives what becomes known on the way.</param>
    /// <param name="cancellation">The caller's presence.</param>
    internal async Task<TensorResponse> InferAsync(ModelLease<ServedModel> lease, TensorRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var model = lease.Model;
        lease.Dispose();
        var text = TextInput.Read(request);
        return model switch
        {
            ServedClassifier served => await ClassifyAsync(served, text, request, observed, cancellation).ConfigureAwait(false),
            ServedTranslator served => await TranslateAsync(served, text, request, observed, cancellation).ConfigureAwait(false),
            _ => await CompleteAsync(model, text, request, observed, cancellation).ConfigureAwait(false),
        };
    }

    private async Task<TensorResponse> ClassifyAsync(ServedClassifier model, TextInput text, TensorRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var wanted = TensorInputs.Wanted(request.Outputs, s_ofClassifier);
        var response = await classifier.ClassifyAsync(
            new ClassificationRequest(text.Texts)
            {
                Field = TextInput.Name,
                Model = model.Manifest.Name,
                Version = request.Version,
                TopK = model.Labels.Count,
                Timeout = request.Timeout,
                Priority = request.Priority,
            },
            observed,
            cancellation).ConfigureAwait(false);
        return Response(response.Model, response.Version, observed, wanted.Select(name => name switch
        {
            "label" => text.Strings(name, response.Results.Select(r => r.Scores[0].Label)),
            "score" => text.Numbers(name, response.Results.Select(r => r.Scores[0].Score)),
            _ => text.Numbers(name, response.Results.SelectMany(r => ByClass(r, model.Labels)), model.Labels.Count),
        }));
    }

    private async Task<TensorResponse> TranslateAsync(ServedTranslator model, TextInput text, TensorRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var wanted = TensorInputs.Wanted(request.Outputs, s_ofTranslator);
        var response = await translator.TranslateAsync(
            new TranslationRequest(text.Texts)
            {
                Field = TextInput.Name,
                Model = model.Manifest.Name,
                Version = request.Version,
                BeamSize = (int?)request.Parameters.Whole("beam_size", 1, TranslationRequest.MaxBeams),
                LengthPenalty = request.Parameters.Number("length_penalty", 0, TranslationRequest.LargestLengthPenalty) ?? 1,
                MaxTokens = (int?)request.Parameters.Whole("max_tokens", 1, int.MaxValue),
                Timeout = request.Timeout,
                Priority = request.Priority,
            },
            observed,
            cancellation).ConfigureAwait(false);
        return Response(response.Model, response.Version, observed, wanted.Select(name => name == "score"
            ? text.Numbers(name, response.Results.Select(r => (float)r.Score))
            : text.Strings(name, response.Results.Select(r => r.Translation))));
    }

    private async Task<TensorResponse> CompleteAsync(ServedModel model, TextInput text, TensorRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var wanted = TensorInputs.Wanted(request.Outputs, s_ofLanguageModel);
        var parameters = request.Parameters;
        using var running = completer.Start(
            new CompletionRequest(new PromptSet([.. text.Texts.Select(Prompt.OfText)], IsSingle: false, TextInput.Name))
            {
                Model = model.Manifest.Name,
                Version = request.Version,
                MaxTokens = (int?)parameters.Whole("max_tokens", 0, int.MaxValue) ?? Math.Min(DefaultMaxTokens, model.Manifest.Limits.MaxOutputTokens!.Value),
                Sampling = new SamplingOptions
                {
                    Temperature = parameters.Number("temperature", 0, LargestTemperature) ?? 1,
                    TopP = parameters.Number("top_p", 0, 1) ?? 1,
                    TopK = (int?)parameters.Whole("top_k", 1, int.MaxValue),
                },
                Seed = parameters.Whole("seed", long.MinValue, long.MaxValue),
                Stops = parameters.Text("stop") is { Length: > 0 } stop ? [stop] : [],
                Timeout = request.Timeout,
            },
            observed,
            cancellation);
        var completions = new string[text.Texts.Count];
        await foreach (var piece in running.ReadAsync(cancellation).ConfigureAwait(false))
            completions[piece.Choice] += piece.Text;
        return Response(running.Model, running.Version, observed, wanted.Select(name => text.Strings(name, completions)));
    }

    private static TensorResponse Response(string model, int version, ServedRequest observed, IEnumerable<Tensor> outputs) =>
        new(model, version, new TensorOutputs([.. outputs]), observed.Timings ?? default, lease: null);

    private static IEnumerable<float> ByClass(ClassifiedText result, IReadOnlyList<string> labels)
    {
        var scores = result.Scores.ToDictionary(s => s.Label, s => s.Score, StringComparer.Ordinal);
        // Another export of the model has taken its place since it was looked up.
        if (scores.Count != labels.Count || !labels.All(scores.ContainsKey))
            throw new ServingException(ServingErrorCode.ModelNotReady, "The model was replaced by one with other labels. Retry.") { RetryAfter = TimeSpan.FromSeconds(1) };
        return labels.Select(label => scores[label]);
    }
}
