namespace SeqServe.Core.Batching;

/// <summary>
/// Chooses the next batch from what waits. Pure: the decision depends on its arguments alone.
/// The oldest row is always in the batch, so none starves; the others are taken by nearness of length to it, since a batch costs as much as if all
/// its rows were the longest.
/// </summary>
internal static class BatchAssembler
{
    /// <summary>Rows considered, from the oldest on: sorted over 256 rows, a batch of 8 already gives the whole gain of batching.</summary>
    internal const int LookAhead = 256;

    /// <summary>Chooses a batch.</summary>
    /// <param name="waiting">Waiting rows, oldest first; cancelled ones may be among them and are passed over.</param>
    /// <param name="limits">What a batch may hold.</param>
    /// <param name="age">How long the oldest row has waited.</param>
    /// <param name="picked">Receives the indices into <paramref name="waiting"/>, the oldest row first.</param>
    /// <returns>Zero to run the picked rows now, else how long to wait for other rows.</returns>
    public static TimeSpan Assemble(ReadOnlySpan<WaitingRow> waiting, BatchLimits limits, TimeSpan age, List<int> picked)
    {
        picked.Clear();
        var oldest = FirstWaiting(waiting);
        if (oldest < 0)
            return TimeSpan.Zero;

        var rest = waiting.Slice(oldest + 1, Math.Min(waiting.Length - oldest - 1, LookAhead));
        Span<long> byNearness = stackalloc long[rest.Length];
        var candidates = SortByNearness(rest, waiting[oldest], byNearness);

        picked.Add(oldest);
        var budget = new Budget(limits, waiting[oldest].Length);
        foreach (var key in byNearness[..candidates])
        {
            if (budget.IsFull)
                break;
            var index = (int)(key & int.MaxValue);
            if (budget.TryTake(rest[index].Length))
                picked.Add(oldest + 1 + index);
        }

        // A batch that takes no further row has nothing to wait for.
        if (budget.IsFull)
            return TimeSpan.Zero;
        return age < limits.MaxQueueDelay ? limits.MaxQueueDelay - age : TimeSpan.Zero;
    }

    private static int FirstWaiting(ReadOnlySpan<WaitingRow> waiting)
    {
        for (var i = 0; i < waiting.Length; i++)
        {
            if (!waiting[i].IsCancelled)
                return i;
        }

        return -1;
    }

    // Key: distance in the high half, index in the low half, so that equals stay in order of arrival.
    private static int SortByNearness(ReadOnlySpan<WaitingRow> rows, WaitingRow oldest, Span<long> keys)
    {
        var count = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (!rows[i].IsCancelled && rows[i].Kind == oldest.Kind)
                keys[count++] = ((long)Math.Abs(rows[i].Length - oldest.Length) << 32) | (uint)i;
        }

        keys[..count].Sort();
        return count;
    }

    private ref struct Budget(BatchLimits limits, int firstLength)
    {
        private int _rows = 1;
        private long _longest = firstLength;
        private long _useful = firstLength;

        private readonly int _maxRows = Math.Min(limits.MaxBatchSize, limits.PreferredBatchSize ?? limits.MaxBatchSize);
        private readonly int _tokens = limits.Tokens;
        private readonly double _padding = limits.Padding;

        public readonly bool IsFull => _rows >= _maxRows || (_rows + 1) * _longest > _tokens;

        // Asked only while it is not full.
        public bool TryTake(int length)
        {
            var longest = Math.Max(_longest, length);
            var padded = (_rows + 1) * longest;
            var useful = _useful + length;
            if (padded > _tokens || padded - useful > _padding * padded)
                return false;
            (_rows, _longest, _useful) = (_rows + 1, longest, useful);
            return true;
        }
    }
}
