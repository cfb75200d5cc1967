namespace SeqServe.Core.Decoding;

/// <summary>Searches one probable sequence, or several, step by step. It begins with one row. One thread at a time.</summary>
public interface ISearch
{
    /// <summary>Reads the logits of the next row of this step; called once for each present row, in their order.</summary>
    /// <param name="logits">Logits <c>[V]</c>; left as they are.</param>
    /// <exception cref="ArithmeticException">A logit is NaN or all are infinite.</exception>
    void Read(ReadOnlySpan<float> logits);

    /// <summary>Chooses, after all present rows were read.</summary>
    /// <returns>The rows of the next step; none when the search is over. Valid until the next call.</returns>
    ReadOnlySpan<NextRow> Advance();

    /// <summary>What was found, best first, once the search is over; at least one.</summary>
    IReadOnlyList<Hypothesis> Hypotheses { get; }
}

/// <summary>A finished sequence.</summary>
/// <param name="Tokens">Its tokens, without the end id.</param>
/// <param name="Rows">For each token the row, of those present at its step, whose logits it was chosen from.</param>
/// <param name="Score">Its log-probability, divided by the length penalty: what sequences of different lengths are compared by.</param>
/// <param name="FinishReason">Why it ended.</param>
public sealed record Hypothesis(int[] Tokens, int[] Rows, double Score, FinishReason FinishReason);

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended it.</summary>
    Eos,

    /// <summary>It has as many tokens as were asked for.</summary>
    Length,

    /// <summary>It came to a stop sequence.</summary>
    Stop,
}

/// <summary>Makes log-probabilities of sequences of different lengths comparable (Wu et al. 2016, equation 14).</summary>
public static class LengthPenalty
{
    /// <summary>The log-probability over ((5 + length) / 6)^alpha.</summary>
    /// <param name="logProbability">Of all tokens together, the end id included.</param>
    /// <param name="tokens">Number of tokens, the end id counted.</param>
    /// <param name="alpha">0 leaves the log-probability as it is; the larger, the more long sequences are favoured.</param>
    public static double Normalize(double logProbability, int tokens, double alpha) => logProbability / Math.Pow((5.0 + tokens) / 6, alpha);
}
