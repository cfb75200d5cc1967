namespace SeqServe.Core.Backends;

/// <summary>
/// The rows that one decoding loop has in flight, with their recurrent state or their key-value cache. They are a dense prefix 0..<see cref="Count"/>-1 of the
/// slots.
/// One thread at a time.
/// </summary>
public interface IDecoderRows : IDisposable
{
    /// <summary>Rows in flight.</summary>
    int Count { get; }

    /// <summary>Runs one decode step on the calling thread. What a failed run would have changed is left as it was.</summary>
    /// <param name="tokens">The token that each row reads, in row order; at least one, each inside of the vocabulary.</param>
    /// <param name="first">The row of the first token; the other rows are not touched.</param>
    /// <exception cref="BackendException">The run failed; another may succeed.</exception>
    void RunStep(ReadOnlySpan<int> tokens, int first = 0);

    /// <summary>Logits <c>[V]</c> that the last run gave this row, by the row's place at that run; valid until the next run of a row in that place.</summary>
    ReadOnlySpan<float> Logits(int row);

    /// <summary>
    /// Attention weights <c>[S]</c> of the last run over the row's own source, by the row's place at that run; empty where the model gives none. Valid until
    /// the next run of a row in that place.
    /// </summary>
    ReadOnlySpan<float> Attention(int row);

    /// <summary>Floats of one row's recurrent state; 0 where the past is a cache.</summary>
    int StateSize { get; }

    /// <summary>Copies a row's recurrent state out, <see cref="StateSize"/> floats.</summary>
    void CopyState(int row, Span<float> state);

    /// <summary>Appends a copy of a row.</summary>
    void Fork(int row);

    /// <summary>Overwrites a row with a copy of another row of the same sequence, with which it shares the source.</summary>
    void Replace(int row, int by);

    /// <summary>Takes a row out; the last row takes its place.</summary>
    void RemoveAt(int row);
}
