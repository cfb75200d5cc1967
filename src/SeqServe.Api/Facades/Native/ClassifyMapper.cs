using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Json;
using SeqServe.Api.Requests;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.Api.Facades.Native;

/// <summary>Between the contract of <c>/v1/classify</c> and the use case.</summary>
public sealed class ClassifyMapper(RequestReader reader)
{
    internal ClassificationRequest ToRequest(ClassifyRequest request, HttpContext context)
    {
        var inputs = reader.Texts(request.Inputs, "inputs");
        return new ClassificationRequest(inputs.Texts)
        {
            Pairs = Pairs(request.TextPair, inputs),
            Activation = FunctionToApply(request.FunctionToApply),
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

    private static IReadOnlyList<string>? Pairs(TextInputs? pairs, TextInputs inputs)
    {
        if (pairs is null)
            return null;
        return pairs.Count == inputs.Count && pairs.IsSingle == inputs.IsSingle
            ? pairs.Texts
            : throw ServingException.ForField(
                ServingErrorCode.InvalidRequest,
                "text_pair",
                $"must be {(inputs.IsSingle ? "one string" : $"an array of {inputs.Count} strings")}, as inputs is");
    }

    private static Activation? FunctionToApply(string? name)
    {
        if (name is null)
            return null;
        return Activations.ByName.TryGetValue(name, out var activation)
            ? activation
            : throw ServingException.ForField(
                ServingErrorCode.InvalidRequest, "function_to_apply", $"must be one of {string.Join(", ", Activations.ByName.Keys)}");
    }

    internal static ClassifyResponse ToContract(EncoderResponse<ClassifiedText> response)
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
