using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.Core.Tasks.Reranking;

/// <summary>A query and documents in, the documents by their relevance out: a classifier of one label reads each pair.</summary>
public sealed class Reranker(ModelRegistry registry, TimeProvider time)
{
    private readonly EncoderExchange _exchange = new(registry, time);

    /// <summary>Ranks documents. Each document's score is the same whatever others are sent.</summary>
    /// <param name="request">The query and the documents.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <returns>The documents' scores, in the order of the documents.</returns>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public Task<EncoderResponse<float>> RankAsync(RerankingRequest request, ServedRequest observed, CancellationToken cancellation) =>
        _exchange.RunAsync(
            ClassificationTask.TaskName,
            request,
            new EncoderSteps<ServedClassifier, EncoderText, float>((model, i) => Read(model, request, i), static (model, _, row) => Score(model, row)),
            observed,
            cancellation);

    private static EncoderText Read(ServedClassifier model, RerankingRequest request, int index)
    {
        if (model.Labels.Count != 1)
        {
            throw ServingException.ForField(
                ServingErrorCode.InvalidRequest, "model",
                $"\"{model.Manifest.Name}\" tells {model.Labels.Count} labels apart; to rank documents name a model of one label, such as a cross-encoder");
        }

        return EncoderText.Of(model.Tokenizer.EncodePair(request.Query, request.Texts[index], model.Manifest.Limits.MaxInputTokens), model.Width);
    }

    private static float Score(ServedClassifier model, EncoderRow row)
    {
        model.Activation.Apply(row.Output);
        return row.Output[0];
    }
}

/// <summary>Documents to rank.</summary>
/// <param name="Query">What they are ranked for.</param>
/// <param name="Documents">At least one.</param>
public sealed record RerankingRequest(string Query, IReadOnlyList<string> Documents) : EncoderRequest(Documents);
