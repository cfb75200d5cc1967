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
    ReadOnlySpan<Continuation> Advance();

    /// <summary>What was found, best first, once the search is over; at least one.</summary>
    IReadOnlyList<Hypothesis> Hypotheses { get; }
}
