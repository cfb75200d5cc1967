using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Tasks.LanguageModeling.NextToken;

/// <summary>The answer to a <see cref="PredictionRequest"/>.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">Its version.</param>
/// <param name="Results">One per text, in the order of the texts.</param>
/// <param name="InputTokens">Tokens of all texts.</param>
/// <param name="Timings">Where the time went.</param>
public sealed record PredictionResponse(string Model, int Version, IReadOnlyList<PredictedToken> Results, int InputTokens, InferenceTimings Timings);

/// <summary>What may come after one text.</summary>
/// <param name="Candidates">The most probable tokens, best first.</param>
/// <param name="Entropy">Entropy of the whole distribution, in nats.</param>
/// <param name="InputTokens">Tokens that were read for it.</param>
/// <param name="State">The state behind the text for a later request, or null when not asked for.</param>
public sealed record PredictedToken(IReadOnlyList<NextTokenCandidate> Candidates, double Entropy, int InputTokens, string? State);

/// <summary>A token that may come next.</summary>
/// <param name="Token">Its characters, with a space where a word begins.</param>
/// <param name="Id">Its id.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
/// <param name="LogProbability">Natural logarithm of it.</param>
public readonly record struct NextTokenCandidate(string Token, int Id, double Probability, double LogProbability);
