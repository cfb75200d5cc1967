using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Tasks.LanguageModeling.Scoring;

/// <summary>The answer to a <see cref="ScoringRequest"/>.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">Its version.</param>
/// <param name="Results">One per text, in the order of the texts.</param>
/// <param name="InputTokens">Tokens of all texts.</param>
/// <param name="Timings">Where the time went.</param>
public sealed record ScoringResponse(string Model, int Version, IReadOnlyList<ScoredText> Results, int InputTokens, InferenceTimings Timings);

/// <summary>How probable a text is to the model, read from its beginning to its end id.</summary>
/// <param name="Tokens">Its tokens and the end id, each given those before it; the begin id is given.</param>
/// <param name="LogProbability">Sum of their natural log-probabilities: that of the whole text.</param>
/// <param name="Words">Parts between white space, and one for the end.</param>
public sealed record ScoredText(IReadOnlyList<TokenScore> Tokens, double LogProbability, int Words)
{
    /// <summary>exp(-mean log-probability of a token).</summary>
    /// <value>At least 1 and finite.</value>
    public double Perplexity => Exp(-LogProbability / Tokens.Count);

    /// <summary>exp(-log-probability / words): comparable between vocabularies.</summary>
    /// <value>At least 1 and finite.</value>
    public double WordPerplexity => Exp(-LogProbability / Words);

    // Beyond 709 nats a token the exponential is infinite, which JSON cannot say.
    private static double Exp(double nats) => Math.Min(Math.Exp(nats), double.MaxValue);
}

/// <summary>A token of a text and how probable it was in its place.</summary>
/// <param name="Token">Its characters, with a space where a word begins.</param>
/// <param name="Id">Its id.</param>
/// <param name="LogProbability">Natural logarithm of its probability.</param>
public readonly record struct TokenScore(string Token, int Id, float LogProbability);
