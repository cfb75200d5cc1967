namespace SeqServe.Core.Tasks.LanguageModeling.Scoring;

/// <summary>A token of a text and how probable it was in its place.</summary>
/// <param name="Token">Its characters, with a space where a word begins.</param>
/// <param name="Id">Its id.</param>
/// <param name="LogProbability">Natural logarithm of its probability.</param>
public readonly record struct TokenScore(string Token, int Id, float LogProbability);
