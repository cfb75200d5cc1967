using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>The answer to a <see cref="ClassificationRequest"/>.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">Its version.</param>
/// <param name="Results">One per text, in the order of the texts.</param>
/// <param name="InputTokens">Tokens of all texts.</param>
/// <param name="Timings">Where the time went.</param>
public sealed record ClassificationResponse(string Model, int Version, IReadOnlyList<ClassifiedText> Results, int InputTokens, InferenceTimings Timings);
