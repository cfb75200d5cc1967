using SeqServe.Api.Facades.Native.Contracts;
using SeqServe.Api.Requests;
using SeqServe.Core.Tasks.LanguageModeling.NextToken;

namespace SeqServe.Api.Facades.Native;

/// <summary>Between the contract of <c>/v1/next-token</c> and the use case.</summary>
public sealed class NextTokenMapper(RequestReader reader)
{
    internal PredictionRequest ToRequest(NextTokenRequest request, HttpContext context) =>
        new(reader.Prompts(request.Inputs, "inputs"))
        {
            Model = request.Model,
            Version = request.Version,
            TopK = request.TopK.InRange("top_k", 1, 100, 5),
            Temperature = request.Temperature.InRange("temperature", 0.01, 100, 1),
            State = request.State,
            ReturnState = request.ReturnState ?? false,
            Timeout = reader.Timeout(context),
            Priority = RequestReader.Priority(context),
        };

    internal static NextTokenResponse ToContract(PredictionResponse response) => new()
    {
        Model = response.Model,
        Version = response.Version,
        Results = [.. response.Results.Select(ToContract)],
        Usage = new Usage(response.InputTokens),
        Timings = Timings.From(response.Timings),
    };

    private static NextTokenResult ToContract(PredictedToken result) => new()
    {
        Candidates = [.. result.Candidates.Select(c => new Candidate(c.Token, c.Id, c.Probability, c.LogProbability))],
        Entropy = result.Entropy,
        InputTokens = result.InputTokens,
        State = result.State,
    };
}
