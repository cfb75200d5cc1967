namespace SeqServe.Core.Decoding;

/// <summary>Makes log-probabilities of sequences of different lengths comparable (Wu et al. 2016, equation 14).</summary>
public static class LengthPenalty
{
    /// <summary>The log-probability over ((5 + length) / 6)^alpha.</summary>
    /// <param name="logProbability">Of all tokens together, the end id included.</param>
    /// <param name="tokens">Number of tokens, the end id counted.</param>
    /// <param name="alpha">0 leaves the log-probability as it is; the larger, the more long sequences are favoured.</param>
    public static double Normalize(double logProbability, int tokens, double alpha) => logProbability / Math.Pow((5.0 + tokens) / 6, alpha);
}
