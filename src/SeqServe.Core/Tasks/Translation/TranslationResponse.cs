using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>The answer to a <see cref="TranslationRequest"/>.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">Its version.</param>
/// <param name="Languages">What it translates; null where it does something else with a text.</param>
/// <param name="Results">One per text, in the order of the texts.</param>
/// <param name="InputTokens">Source tokens of all texts, end ids included.</param>
/// <param name="OutputTokens">Target tokens of all translations, end ids not included.</param>
/// <param name="Timings">Where the time went.</param>
public sealed record TranslationResponse(
    string Model, int Version, LanguagePair? Languages, IReadOnlyList<TranslatedText> Results, int InputTokens, int OutputTokens, InferenceTimings Timings);

/// <summary>The translation of one text.</summary>
/// <param name="Translation">The text, with the white space and the line breaks of the source between its sentences.</param>
/// <param name="Score">Mean of its sentences' length-normalized log-probabilities; 0 where there was nothing to translate.</param>
/// <param name="FinishReason">Why it ended: <see cref="FinishReason.Length"/> when any of its sentences did.</param>
/// <param name="Alternatives">Further translations, best first.</param>
/// <param name="Alignments">One per sentence; empty when not asked for.</param>
public sealed record TranslatedText(
    string Translation, double Score, FinishReason FinishReason, IReadOnlyList<AlternativeTranslation> Alternatives,
        IReadOnlyList<SentenceAlignment> Alignments);

/// <summary>A translation that the search found less probable.</summary>
/// <param name="Translation">The text.</param>
/// <param name="Score">Mean of its sentences' length-normalized log-probabilities.</param>
public sealed record AlternativeTranslation(string Translation, double Score);

/// <summary>Attention weights of each target token of a sentence over its source tokens.</summary>
/// <param name="SourceTokens">The columns: all that the decoder could attend to, the end id included.</param>
/// <param name="TargetTokens">The rows; without the end id.</param>
/// <param name="Weights"><c>[target token][source token]</c>; each row sums to 1.</param>
public sealed record SentenceAlignment(IReadOnlyList<string> SourceTokens, IReadOnlyList<string> TargetTokens, IReadOnlyList<IReadOnlyList<float>> Weights);
