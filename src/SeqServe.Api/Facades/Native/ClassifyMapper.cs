using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Requests;
using SeqServe.Core.Tasks.Classification;

namespace SeqServe.Api.Facades.Native;

/// <summary>Between the contract of <c>/v1/classify</c> and the use case.</summary>
public sealed class ClassifyMapper(RequestReader reader)
{
    internal ClassificationRequest ToRequest(ClassifyRequest request, HttpContext context)
    {
        var inputs = reader.Texts(request.Inputs, "inputs");
        return new ClassificationRequest(inputs.Texts)
        {
            IsSingle = inputs.IsSingle,
            Model = request.Model,
            Version = request.Version,
            TopK = request.TopK,
            Truncate = request.Truncate ?? false,
            Explain = request.Explain ?? false,
            Timeout = reader.Timeout(context),
            Priority = RequestReader.Priority(context),
        };
    }

    internal static ClassifyResponse ToContract(ClassificationResponse response)
    {
        var results = new ClassifyResult[response.Results.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = ToContract(response.Results[i]);
        return new ClassifyResponse
        {
            Model = response.Model,
            Version = response.Version,
            Results = results,
            Usage = new Usage(response.InputTokens),
            Timings = Timings.From(response.Timings),
        };
    }

    private static ClassifyResult ToContract(ClassifiedText text)
    {
        var scores = new ScoredLabel[text.Scores.Count];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = new ScoredLabel(text.Scores[i].Label, text.Scores[i].Score);
        return new ClassifyResult
        {
            Label = scores[0].Label,
            Score = scores[0].Score,
            Scores = scores,
            InputTokens = text.InputTokens,
            Truncated = text.Truncated,
            Attributions = text.Attributions is null ? null : [.. text.Attributions.Select(a => new Attribution(a.Word, a.Start, a.End, a.Weight))],
        };
    }
}
