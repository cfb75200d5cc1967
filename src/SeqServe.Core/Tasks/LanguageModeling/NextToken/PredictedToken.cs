namespace SeqServe.Core.Tasks.LanguageModeling.NextToken;

/// <summary>What may come after one text.</summary>
/// <param name="Candidates">The most probable tokens, best first.</param>
/// <param name="Entropy">Entropy of the whole distribution, in nats.</param>
/// <param name="InputTokens">Tokens that were read for it.</param>
/// <param name="State">The state behind the text for a later request, or null when not asked for.</param>
public sealed record PredictedToken(IReadOnlyList<NextTokenCandidate> Candidates, double Entropy, int InputTokens, string? State);
