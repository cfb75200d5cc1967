namespace SeqServe.Core.Graphs;

/// <summary>
/// The bytes of state that the sequences of all models hold together. Each holder has a part that others cannot take (<see cref="HolderShares"/>). Safe for
/// concurrent use.
/// </summary>
/// <param name="limit">Most bytes, 1 or more.</param>
public sealed class StateBudget(long limit)
{
    private readonly Lock _gate = new();
    private readonly HolderShares _shares = new(limit, unit: 1);

    /// <summary>Most bytes.</summary>
    public long Limit => limit;

    /// <summary>Bytes that are held now.</summary>
    public long Held
    {
        get
        {
            lock (_gate)
                return _shares.Held;
        }
    }

    /// <summary>
    /// The limit where none is configured: eight times what one model may keep by default, and never more than a quarter of the memory there is.
    /// </summary>
    /// <param name="memory">Bytes that the process may use.</param>
    public static long LimitOf(long memory) => Math.Max(1, Math.Min(8 * new SequenceLimits().MaxBytes, memory / 4));

    /// <summary>The most that one holder can ever have.</summary>
    internal long MostOf(SequenceHolder holder)
    {
        lock (_gate)
            return _shares.MostOf(holder);
    }

    /// <summary>Counts what a holder is about to use more.</summary>
    /// <returns>False, with nothing counted, when others hold it.</returns>
    internal bool TryAdd(SequenceHolder holder, long bytes)
    {
        lock (_gate)
        {
            if (!_shares.HasRoom(holder, bytes))
                return false;
            _shares.Add(holder, bytes);
            return true;
        }
    }

    /// <summary>Counts what a holder uses no more.</summary>
    internal void Return(SequenceHolder holder, long bytes)
    {
        lock (_gate)
            _shares.Add(holder, -bytes);
    }
}
