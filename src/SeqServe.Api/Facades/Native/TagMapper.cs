using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Requests;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Encoders;
using SeqServe.Core.Tasks.Tagging;

namespace SeqServe.Api.Facades.Native;

/// <summary>Between the contract of <c>/v1/tag</c> and the use case.</summary>
public sealed class TagMapper(RequestReader reader)
{
    private static readonly Dictionary<string, TagAggregate> s_aggregates = new(StringComparer.Ordinal)
    {
        ["none"] = TagAggregate.None,
        ["simple"] = TagAggregate.Simple,
        ["first"] = TagAggregate.First,
        ["average"] = TagAggregate.Average,
        ["max"] = TagAggregate.Max,
    };

    internal TaggingRequest ToRequest(TagRequest request, HttpContext context)
    {
        var inputs = reader.Texts(request.Inputs, "inputs");
        return new TaggingRequest(inputs.Texts)
        {
            IsSingle = inputs.IsSingle,
            Model = request.Model,
            Version = request.Version,
            Aggregate = Aggregate(request.Aggregate ?? "simple"),
            Truncate = request.Truncate ?? false,
            Timeout = reader.Timeout(context),
            Priority = RequestReader.Priority(context),
        };
    }

    internal static TagResponse ToContract(TaggingRequest request, EncoderResponse<TaggedText> response) => new()
    {
        Model = response.Model,
        Version = response.Version,
        Results = [.. response.Results.Select((result, i) => ToContract(request.Texts[i], result))],
        Usage = new Usage(response.InputTokens),
        Timings = Timings.From(response.Timings),
    };

    private static TagResult ToContract(string text, TaggedText result) => new(
        [.. result.Tags.Select(tag => new TaggedSpan(tag.Label, tag.Score, text[tag.Start..tag.End], tag.Start, tag.End, tag.Index))],
        result.InputTokens,
        result.Truncated);

    private static TagAggregate Aggregate(string name) => s_aggregates.TryGetValue(name, out var aggregate)
        ? aggregate
        : throw ServingException.ForField(ServingErrorCode.InvalidRequest, "aggregate", $"must be one of {string.Join(", ", s_aggregates.Keys)}");
}
