namespace SeqServe.Core.Decoding;

/// <summary>A token that may come next.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
/// <param name="LogProbability">Natural logarithm of it, exact also where the probability itself rounds to 0.</param>
public readonly record struct TokenCandidate(int Id, double Probability, double LogProbability);
