namespace SeqServe.Core.Tokenization;

/// <summary>The token ids of one text.</summary>
/// <param name="Ids">The ids, begin and end ids included; empty when the text has nothing to tokenize.</param>
/// <param name="Truncated">Whether the text has more tokens than were asked for.</param>
public readonly record struct TokenizedText(int[] Ids, bool Truncated);
