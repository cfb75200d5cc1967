namespace SeqServe.Core.Tasks.LanguageModeling.Scoring;

/// <summary>How probable a text is to the model, read from its beginning to its end id.</summary>
/// <param name="Tokens">Its tokens and the end id, each given those before it; the begin id is given.</param>
/// <param name="LogProbability">Sum of their natural log-probabilities: that of the whole text.</param>
/// <param name="Words">Parts between white space, and one for the end.</param>
public sealed record ScoredText(IReadOnlyList<TokenScore> Tokens, double LogProbability, int Words)
{
    /// <summary>exp(-mean log-probability of a token).</summary>
    public double Perplexity => Math.Exp(-LogProbability / Tokens.Count);

    /// <summary>exp(-log-probability / words): comparable between vocabularies.</summary>
    public double WordPerplexity => Math.Exp(-LogProbability / Words);
}
