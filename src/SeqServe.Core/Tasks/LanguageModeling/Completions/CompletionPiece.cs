using SeqServe.Core.Decoding;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>The next piece of one answer.</summary>
/// <param name="Choice">Which answer: those to the first prompt come first.</param>
/// <param name="Text">Text that is certain now; may be empty.</param>
/// <param name="Tokens">Tokens of this text, when asked for.</param>
/// <param name="Finish">Why the answer ended, with its last piece; else null.</param>
public sealed record CompletionPiece(int Choice, string Text, IReadOnlyList<CompletedToken> Tokens, FinishReason? Finish);

/// <summary>A token of an answer, or of the prompt in front of it.</summary>
/// <param name="Text">Its characters, with a space where a word begins.</param>
/// <param name="Offset">Where its text begins in prompt and answer, in UTF-16 units.</param>
/// <param name="LogProbability">
/// Natural log-probability the model gave it, before temperature, penalties and biases; null for the first of a prompt, which nothing precedes.
/// </param>
/// <param name="Best">The most probable tokens in its place, best first; null where <paramref name="LogProbability"/> is.</param>
public sealed record CompletedToken(string Text, int Offset, double? LogProbability, IReadOnlyList<KeyValuePair<string, double>>? Best);
