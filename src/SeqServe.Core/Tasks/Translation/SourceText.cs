namespace SeqServe.Core.Tasks.Translation;

/// <summary>One text of a request, cut into sentences. Joined, they are the text.</summary>
/// <param name="Index">Its place in the request.</param>
/// <param name="Sentences">What is translated and what is kept, in the order of the text.</param>
internal sealed record SourceText(int Index, IReadOnlyList<SourceSentence> Sentences);

/// <summary>A segment of a text, with its sequence when there is something to translate.</summary>
/// <param name="Text">The segment as it stands in the text.</param>
/// <param name="Sequence">Its sequence, or null when it is kept as it is.</param>
/// <param name="Place">The sequence's place among those of the request; -1 without one.</param>
internal readonly record struct SourceSentence(string Text, TranslationSequence? Sequence, int Place);

/// <summary>A piece of a text.</summary>
/// <param name="Text">The piece as it stands there.</param>
/// <param name="HasWords">Whether there is anything to translate: a letter of any script.</param>
internal readonly record struct TextSegment(string Text, bool HasWords);
