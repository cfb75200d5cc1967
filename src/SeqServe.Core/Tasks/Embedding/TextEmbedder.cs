using System.Numerics.Tensors;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.Core.Tasks.Embedding;

/// <summary>Text in, vector out.</summary>
public sealed class TextEmbedder(ModelRegistry registry, TimeProvider time)
{
    private readonly EncoderExchange _exchange = new(registry, time);

    /// <summary>Embeds texts. Each text's answer is the same whether it is sent alone or with others.</summary>
    /// <param name="request">The texts.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public Task<EncoderResponse<EmbeddedText>> EmbedAsync(EmbeddingRequest request, ServedRequest observed, CancellationToken cancellation) =>
        _exchange.RunAsync(
            EmbeddingTask.TaskName,
            request,
            new EncoderSteps<ServedEmbedder, EncoderText, EmbeddedText>(
                (model, i) => Read(model, request, i),
                (model, text, row) => new EmbeddedText(Finish(model, request, row.Output), row.Length, text.Truncated)),
            observed,
            cancellation);

    private static EncoderText Read(ServedEmbedder model, EmbeddingRequest request, int index)
    {
        if (request.Dimensions > model.Width)
            throw ServingException.ForField(
                ServingErrorCode.InvalidRequest, "dimensions", $"must be in 1–{model.Width}, the size of this model's embeddings");
        var limit = model.Manifest.Limits.MaxInputTokens;
        if (request.Tokens is { } tokens)
            return Given(model, tokens[index], limit);
        return EncoderText.Of(model.Tokenizer.Encode(model.Section.Prefix + request.Texts[index], limit), model.Width);
    }

    private static EncoderText Given(ServedEmbedder model, IReadOnlyList<int> ids, int limit)
    {
        foreach (var id in ids)
        {
            if (id < 0 || id >= model.Tokenizer.VocabularySize)
                throw ServingException.ForField(
                    ServingErrorCode.InvalidRequest, "input", $"holds the id {id}; ids of this model are in 0–{model.Tokenizer.VocabularySize - 1}");
        }

        return new EncoderText([.. ids.Take(limit)], [], ids.Count > limit, model.Width);
    }

    // A shorter vector is the beginning of the whole one, as models are trained for that give it a meaning of its own.
    private static ReadOnlyMemory<float> Finish(ServedEmbedder model, EmbeddingRequest request, Span<float> output)
    {
        var vector = output[..(request.Dimensions ?? model.Width)].ToArray();
        var length = TensorPrimitives.Norm<float>(vector);
        if ((model.Section.Normalize || vector.Length < model.Width) && length > 0)
            TensorPrimitives.Divide(vector, length, vector);
        return vector;
    }
}

/// <summary>Texts to embed.</summary>
/// <param name="Texts">At least one.</param>
public sealed record EmbeddingRequest(IReadOnlyList<string> Texts) : EncoderRequest(Texts)
{
    /// <summary>Token ids in place of the texts, as they are: as many lists as there are texts; null where the texts are read.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Tokens { get; init; }

    /// <summary>How many numbers of each vector are wanted; null for all.</summary>
    public int? Dimensions { get; init; }
}

/// <summary>The vector of a text.</summary>
/// <param name="Vector">Its numbers.</param>
/// <param name="InputTokens">Tokens that were read.</param>
/// <param name="Truncated">Whether the text had more.</param>
public sealed record EmbeddedText(ReadOnlyMemory<float> Vector, int InputTokens, bool Truncated);
