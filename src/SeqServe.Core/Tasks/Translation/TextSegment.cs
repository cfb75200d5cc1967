namespace SeqServe.Core.Tasks.Translation;

/// <summary>A piece of a text.</summary>
/// <param name="Text">The piece as it stands there.</param>
/// <param name="HasWords">Whether there is anything to translate: a letter of any script.</param>
internal readonly record struct TextSegment(string Text, bool HasWords);
