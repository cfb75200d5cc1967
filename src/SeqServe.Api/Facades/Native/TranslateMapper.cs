using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Requests;
using SeqServe.Core.Decoding;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.Api.Facades.Native;

/// <summary>Between the contract of <c>/v1/translate</c> and the use case.</summary>
public sealed class TranslateMapper(RequestReader reader)
{
    internal TranslationRequest ToRequest(TranslateRequest request, HttpContext context)
    {
        var inputs = reader.Texts(request.Inputs, "inputs");
        return new TranslationRequest(inputs.Texts)
        {
            IsSingle = inputs.IsSingle,
            Model = request.Model,
            Version = request.Version,
            Source = request.Source,
            Target = request.Target,
            BeamSize = request.BeamSize,
            LengthPenalty = request.LengthPenalty,
            MaxTokens = request.MaxTokens,
            Alternatives = request.Alternatives ?? 0,
            Alignments = request.Alignments ?? false,
            Timeout = reader.Timeout(context),
            Priority = RequestReader.Priority(context),
        };
    }

    internal static TranslateResponse ToContract(TranslationResponse response) => new()
    {
        Model = response.Model,
        Version = response.Version,
        Source = response.Languages?.Source,
        Target = response.Languages?.Target,
        Results = [.. response.Results.Select(ToContract)],
        Usage = new TokenUsage(response.InputTokens, response.OutputTokens),
        Timings = Timings.From(response.Timings),
    };

    internal static TranslateToken ToContract(TranslationDelta delta) => new(delta.Index, delta.Text, delta.TokenId, delta.LogProbability);

    private static TranslateResult ToContract(TranslatedText text)
    {
        var whole = text.Alignments is [var only] ? only : null;
        return new TranslateResult
        {
            Translation = text.Translation,
            Score = text.Score,
            FinishReason = text.FinishReason == FinishReason.Length ? "length" : "eos",
            Alternatives = text.Alternatives.Count == 0 ? null : [.. text.Alternatives.Select(a => new TranslateAlternative(a.Translation, a.Score))],
            SourceTokens = whole?.SourceTokens,
            TargetTokens = whole?.TargetTokens,
            Alignments = whole?.Weights,
            Sentences = text.Alignments.Count < 2 ? null : [.. text.Alignments.Select(a => new TranslateAlignment(a.SourceTokens, a.TargetTokens, a.Weights))],
        };
    }
}
