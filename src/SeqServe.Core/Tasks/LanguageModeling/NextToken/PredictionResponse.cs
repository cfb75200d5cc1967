using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Tasks.LanguageModeling.NextToken;

/// <summary>The answer to a <see cref="PredictionRequest"/>.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">Its version.</param>
/// <param name="Results">One per text, in the order of the texts.</param>
/// <param name="InputTokens">Tokens of all texts.</param>
/// <param name="Timings">Where the time went.</param>
public sealed record PredictionResponse(string Model, int Version, IReadOnlyList<PredictedToken> Results, int InputTokens, InferenceTimings Timings);
