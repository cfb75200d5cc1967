namespace SeqServe.Core.Tasks.Translation;

/// <summary>A segment of a text, with its sequence when there is something to translate.</summary>
/// <param name="Text">The segment as it stands in the text.</param>
/// <param name="Sequence">Its sequence, or null when it is kept as it is.</param>
/// <param name="Place">The sequence's place among those of the request; -1 without one.</param>
internal readonly record struct SourceSentence(string Text, TranslationSequence? Sequence, int Place);
