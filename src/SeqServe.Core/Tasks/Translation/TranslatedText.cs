using SeqServe.Core.Decoding;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>The translation of one text.</summary>
/// <param name="Translation">The text, with the white space and the line breaks of the source between its sentences.</param>
/// <param name="Score">Mean of its sentences' length-normalized log-probabilities; 0 where nothing was to translate.</param>
/// <param name="FinishReason">Why it ended: <see cref="FinishReason.Length"/> when any of its sentences did.</param>
/// <param name="Alternatives">Further translations, best first.</param>
/// <param name="Alignments">One per sentence; empty when not asked for.</param>
public sealed record TranslatedText(
    string Translation, double Score, FinishReason FinishReason, IReadOnlyList<AlternativeTranslation> Alternatives, IReadOnlyList<SentenceAlignment> Alignments);
