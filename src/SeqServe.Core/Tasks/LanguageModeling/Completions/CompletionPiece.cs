using SeqServe.Core.Decoding;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>The next piece of one answer.</summary>
/// <param name="Choice">Which answer: those to the first prompt come first.</param>
/// <param name="Text">Text that is certain now; may be empty.</param>
/// <param name="Tokens">Tokens of this text, when asked for.</param>
/// <param name="Finish">Why the answer ended, with its last piece; else null.</param>
public sealed record CompletionPiece(int Choice, string Text, IReadOnlyList<CompletedToken> Tokens, FinishReason? Finish);
