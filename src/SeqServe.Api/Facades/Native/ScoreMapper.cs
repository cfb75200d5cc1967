using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Requests;
using SeqServe.Core.Tasks.LanguageModeling.Scoring;

namespace SeqServe.Api.Facades.Native;

/// <summary>Between the contract of <c>/v1/score</c> and the use case.</summary>
public sealed class ScoreMapper(RequestReader reader)
{
    internal ScoringRequest ToRequest(ScoreRequest request, HttpContext context)
    {
        var inputs = reader.Texts(request.Inputs, "inputs");
        return new ScoringRequest(inputs.Texts, inputs.IsSingle)
        {
            Model = request.Model,
            Version = request.Version,
            Timeout = reader.Timeout(context),
            Priority = RequestReader.Priority(context),
        };
    }

    internal static ScoreResponse ToContract(ScoringResponse response) => new()
    {
        Model = response.Model,
        Version = response.Version,
        Results = [.. response.Results.Select(ToContract)],
        Usage = new Usage(response.InputTokens),
        Timings = Timings.From(response.Timings),
    };

    private static ScoreResult ToContract(ScoredText text) => new()
    {
        LogProbability = text.LogProbability,
        Perplexity = text.Perplexity,
        WordPerplexity = text.WordPerplexity,
        Words = text.Words,
        Tokens = [.. text.Tokens.Select(t => new ScoredToken(t.Token, t.Id, t.LogProbability))],
    };
}
