namespace SeqServe.Onnx.Decoding;

/// <summary>
/// State, caches and memory of all rows in flight, in slots. Rows are a dense prefix; a finished row is overwritten by the last one. Slots and extents
/// grow in steps, so that a run computes little that is not needed, and shrink when a row joins and half of an extent, or a quarter of the slots, would do.
/// A change of size that fails changes nothing.
/// </summary>
internal sealed class RowStore(StateTensor[] states, CacheTensor[] caches, RowTensor[] memory) : IDisposable
{
    private const int MinSlots = 8;

    // Slots are few in a quiet hour and many in the next: what is given back must be more than what is soon asked for again.
    private const int SpareFactor = 4;
    private const int ExtentStep = 16;

    private long[] _past = [];
    private long[] _source = [];
    private int _cacheExtent = ExtentStep;
    private int _sourceExtent = ExtentStep;

    // Arrays: each step goes through them, and an interface's enumerator would be allocated every time.
    public StateTensor[] States => states;

    public CacheTensor[] Caches => caches;

    public RowTensor[] Memory => memory;

    /// <summary>Rows in flight.</summary>
    public int Count { get; private set; }

    /// <summary>Slots there is room for.</summary>
    public int Slots => _past.Length;

    /// <summary>Steps that each cache has room for.</summary>
    public int CacheExtent => _cacheExtent;

    /// <summary>Source tokens that the memory has room for.</summary>
    public int SourceExtent => _sourceExtent;

    /// <summary>Tokens each row has read, <c>[Count]</c>.</summary>
    public Memory<long> PastLengths => _past.AsMemory(0, Count);

    /// <summary>Source tokens of each row, <c>[Count]</c>.</summary>
    public Memory<long> SourceLengths => _source.AsMemory(0, Count);

    /// <summary>Makes room for further rows whose sources have up to so many tokens.</summary>
    public void Reserve(int further, int sourceTokens)
    {
        FitSources(Math.Max(sourceTokens, Longest(_source)));
        if (Fitting(Longest(_past), _cacheExtent) * 2 <= _cacheExtent)
            Resize(Slots, Fitting(Longest(_past), 0), _sourceExtent);
        var needed = Count + further;
        if (needed > Slots)
            Resize(Math.Max(MinSlots, Math.Max(needed, 2 * Slots)), _cacheExtent, _sourceExtent);
        else if (Math.Max(needed, MinSlots) * SpareFactor <= Slots)
            Resize(Math.Max(needed, MinSlots) * 2, _cacheExtent, _sourceExtent);
    }

    /// <summary>Appends a row of zeros that has read nothing; room was reserved.</summary>
    /// <returns>Its place.</returns>
    public int Append(int sourceTokens)
    {
        var row = Count++;
        foreach (var state in states)
            state.Current.Clear(row);
        // What an earlier row left is masked, but if it were not finite the mask would not help: zero times infinity is not zero.
        foreach (var cache in caches)
            cache.Past.Clear(row);
        foreach (var tensor in memory)
            tensor.Clear(row);
        (_past[row], _source[row]) = (0, sourceTokens);
        return row;
    }

    /// <summary>Appends a copy of a row of a store of the same model.</summary>
    public void AppendCopy(RowStore other, int row)
    {
        Reserve(1, (int)other._source[row]);
        ReserveSteps((int)other._past[row], []);
        var place = Append((int)other._source[row]);
        CopyPast(place, other, row);
        for (var i = 0; i < memory.Length; i++)
            memory[i].Copy(place, other.Memory[i], row, (int)other._source[row]);
    }

    /// <summary>Overwrites a row with another of the same source.</summary>
    public void Replace(int row, int by) => CopyPast(row, this, by);

    /// <summary>Takes a row out; the last one takes its place.</summary>
    public void RemoveAt(int row)
    {
        var last = Count - 1;
        if (row != last)
        {
            CopyPast(row, this, last);
            for (var i = 0; i < memory.Length; i++)
                memory[i].Copy(row, memory[i], last, (int)_source[last]);
            _source[row] = _source[last];
        }

        Count = last;
    }

    /// <summary>Makes room in the caches for what a run will add.</summary>
    /// <param name="steps">Steps of every row.</param>
    /// <param name="rows">The rows that run; none to take the number as the whole length.</param>
    public void ReserveSteps(int steps, ReadOnlySpan<long> rows)
    {
        var longest = 0L;
        foreach (var length in rows)
            longest = Math.Max(longest, length);
        var needed = (int)longest + steps;
        if (needed > _cacheExtent)
            Resize(Slots, Fitting(needed, _cacheExtent), _sourceExtent);
    }

    /// <summary>Takes over what a run of these rows computed.</summary>
    /// <param name="first">The first row of the run.</param>
    /// <param name="lengths">Tokens that each row has read in it.</param>
    /// <param name="time">Padded length of the run.</param>
    public void Take(int first, ReadOnlySpan<long> lengths, int time)
    {
        foreach (var state in states)
            state.Take(first, lengths.Length, Count);
        foreach (var cache in caches)
        {
            for (var i = 0; i < lengths.Length; i++)
                cache.Past.Write(first + i, (int)_past[first + i], cache.Fresh.Rows(i, 1).Span, time, (int)lengths[i]);
        }

        for (var i = 0; i < lengths.Length; i++)
            _past[first + i] += lengths[i];
    }

    public void Dispose()
    {
        foreach (var state in states)
            state.Dispose();
        foreach (var cache in caches)
            cache.Dispose();
        foreach (var tensor in memory)
            tensor.Dispose();
    }

    private void CopyPast(int row, RowStore from, int fromRow)
    {
        for (var i = 0; i < states.Length; i++)
            states[i].Current.Copy(row, from.States[i].Current, fromRow, 1);
        for (var i = 0; i < caches.Length; i++)
            caches[i].Past.Copy(row, from.Caches[i].Past, fromRow, (int)from._past[fromRow]);
        _past[row] = from._past[fromRow];
    }

    private void FitSources(int needed)
    {
        var fitting = Fitting(needed, 0);
        if (memory.Length > 0 && (fitting > _sourceExtent || fitting * 2 <= _sourceExtent))
            Resize(Slots, _cacheExtent, fitting);
    }

    // All memory is taken before the first tensor changes: tensors of unlike sizes would fail every later run, of rows that have nothing to do with it.
    private void Resize(int slots, int cacheExtent, int sourceExtent)
    {
        var resized = new List<(RowTensor Tensor, RowTensor Resized)>();
        void Add(RowTensor tensor, int extent, int used) => resized.Add((tensor, tensor.Resized(slots, extent, used)));

        var (past, source) = (_past, _source);
        try
        {
            foreach (var state in states)
            {
                Add(state.Current, 1, Count);
                Add(state.Following, 1, 0);
            }

            foreach (var cache in caches)
                Add(cache.Past, cacheExtent, Count);
            foreach (var tensor in memory)
                Add(tensor, sourceExtent, Count);
            Array.Resize(ref past, slots);
            Array.Resize(ref source, slots);
        }
        catch
        {
            foreach (var (tensor, grown) in resized.Where(static pair => !pair.Resized.Shares(pair.Tensor)))
                grown.Dispose();
            throw;
        }

        foreach (var (tensor, grown) in resized)
            tensor.Adopt(grown);
        (_past, _source, _cacheExtent, _sourceExtent) = (past, source, cacheExtent, sourceExtent);
    }

    private int Longest(long[] lengths)
    {
        var longest = 0L;
        for (var i = 0; i < Count; i++)
            longest = Math.Max(longest, lengths[i]);
        return (int)longest;
    }

    // Growing by half at least, so that a row that gets long is copied a few times only.
    private static int Fitting(int needed, int present)
    {
        var wanted = needed > present && present > 0 ? Math.Max(needed, present * 3 / 2) : Math.Max(needed, 1);
        return (wanted + ExtentStep - 1) / ExtentStep * ExtentStep;
    }
}
