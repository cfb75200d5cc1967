using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>The answer to a <see cref="TranslationRequest"/>.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">Its version.</param>
/// <param name="Languages">What it translates.</param>
/// <param name="Results">One per text, in the order of the texts.</param>
/// <param name="InputTokens">Source tokens of all texts, end ids included.</param>
/// <param name="OutputTokens">Target tokens of all translations, end ids not included.</param>
/// <param name="Timings">Where the time went.</param>
public sealed record TranslationResponse(
    string Model, int Version, LanguagePair Languages, IReadOnlyList<TranslatedText> Results, int InputTokens, int OutputTokens, InferenceTimings Timings);
