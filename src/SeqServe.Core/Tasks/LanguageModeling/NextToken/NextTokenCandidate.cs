namespace SeqServe.Core.Tasks.LanguageModeling.NextToken;

/// <summary>A token that may come next.</summary>
/// <param name="Token">Its characters, with a space where a word begins.</param>
/// <param name="Id">Its id.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
/// <param name="LogProbability">Natural logarithm of it.</param>
public readonly record struct NextTokenCandidate(string Token, int Id, double Probability, double LogProbability);
