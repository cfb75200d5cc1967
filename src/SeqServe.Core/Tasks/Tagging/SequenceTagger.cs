using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Encoders;
using SeqServe.Tokenizers;

namespace SeqServe.Core.Tasks.Tagging;

/// <summary>Text in, labelled parts of it out.</summary>
public sealed class SequenceTagger(ModelRegistry registry, TimeProvider time)
{
    private readonly EncoderExchange _exchange = new(registry, time);

    /// <summary>Tags texts. Each text's answer is the same whether it is sent alone or with others.</summary>
    /// <param name="request">The texts.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public Task<EncoderResponse<TaggedText>> TagAsync(TaggingRequest request, ServedRequest observed, CancellationToken cancellation) =>
        _exchange.RunAsync(
            TaggingTask.TaskName,
            request,
            new EncoderSteps<ServedTagger, TextToTag, TaggedText>(
                (model, i) => Read(model, request.Texts[i]),
                (model, text, row) =>
                {
                    var aggregation = new TagAggregation(text.Encoding, model.Labels, token => model.Offsets.ContinuesWord(text.Text, text.Encoding, token));
                    return new TaggedText(aggregation.Aggregate(row.Output, request.Aggregate), row.Length, text.Truncated);
                }),
            observed,
            cancellation);

    private static TextToTag Read(ServedTagger model, string text)
    {
        if (model.Offsets.EncodeWithOffsets(text, model.Manifest.Limits.MaxInputTokens, out var fault) is not { } encoding)
            return new TextToTag(text, null!, [], 0) { Fault = fault };
        var isEmpty = Enumerable.Range(0, encoding.Count).All(encoding.IsSpecial) && !encoding.IsTruncated;
        return new TextToTag(text, encoding, isEmpty ? [] : encoding.Ids.ToArray(), model.Width);
    }

    private sealed record TextToTag(string Text, TokenEncoding Encoding, int[] TokenIds, int Width)
        : EncoderText(TokenIds, [], Encoding?.IsTruncated == true, TokenIds.Length * Width);
}

/// <summary>Texts to tag.</summary>
/// <param name="Texts">At least one.</param>
public sealed record TaggingRequest(IReadOnlyList<string> Texts) : EncoderRequest(Texts)
{
    /// <summary>How the tokens of a word, and the words of an entity, become one answer.</summary>
    public TagAggregate Aggregate { get; init; } = TagAggregate.Simple;
}

/// <summary>What was found in a text.</summary>
/// <param name="Tags">In the order of the text; what is labelled <c>O</c>, outside, is left out.</param>
/// <param name="InputTokens">Tokens that were read.</param>
/// <param name="Truncated">Whether the text had more.</param>
public sealed record TaggedText(IReadOnlyList<Tag> Tags, int InputTokens, bool Truncated);

/// <summary>A labelled part of a text.</summary>
/// <param name="Label">Its label; of an entity without the mark of its beginning.</param>
/// <param name="Score">The label's probability, of an entity the mean over its tokens or words.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="End">Where it ends (exclusive).</param>
/// <param name="Index">Of a single token its place among the ids, special ones counted; null for an entity.</param>
public readonly record struct Tag(string Label, float Score, int Start, int End, int? Index = null);
