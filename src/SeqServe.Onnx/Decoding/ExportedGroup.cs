namespace SeqServe.Onnx.Decoding;

/// <summary>
/// Rows that share the runs of an exported graph, with the caches of all that they have read. A run reads one buffer and writes the whole past into the
/// other, so that nothing is copied while the rows stay the same and a failed run leaves the past as it was. All rows have the same number of columns; a row
/// knows which are its own, and the others hold finite numbers, which its mask hides. What they read of their sources has columns of its own, which stay.
/// </summary>
/// <param name="caches">The graph's caches.</param>
/// <param name="sources">What it reads of a source in every step; of a row the first columns are its own.</param>
/// <param name="maxTokens">Most tokens that a row reads.</param>
internal sealed class ExportedGroup(IEnumerable<ExportedCache> caches, IEnumerable<ExportedCache> sources, int maxTokens) : IDisposable
{
    // Columns of rows that have left cost every step until the caches are copied without them.
    private const int MinWaste = 32;

    private readonly List<ExportedRow> _rows = [];
    private readonly CacheBuffers[] _caches = [.. caches.Select(static cache => new CacheBuffers(cache))];
    private readonly CacheBuffers[] _sources = [.. sources.Select(static cache => new CacheBuffers(cache))];
    private byte[] _mask = [];

    /// <summary>The rows, in the order of a run.</summary>
    public IReadOnlyList<ExportedRow> Rows => _rows;

    /// <summary>Columns of the past: tokens of the longest row, and what others have left.</summary>
    public int Columns { get; private set; }

    /// <summary>Columns of the sources: tokens of the longest one, or more.</summary>
    public int SourceColumns { get; private set; }

    /// <summary>The buffers of each cache, in the order of the graph's.</summary>
    public IReadOnlyList<CacheBuffers> Caches => _caches;

    /// <summary>The buffers of what is read of the sources, likewise.</summary>
    public IReadOnlyList<CacheBuffers> Sources => _sources;

    /// <summary>Tokens that the row has read which has read most.</summary>
    public int Longest
    {
        get
        {
            var longest = 0;
            foreach (var row in _rows)
                longest = Math.Max(longest, row.Length);
            return longest;
        }
    }

    /// <summary>Takes in a row that goes on from what another one has read.</summary>
    /// <param name="row">The row; it is in no group, or leaves its group behind the call.</param>
    /// <param name="from">The other, or the row itself; of no group, it has read nothing and its source is all zeros.</param>
    public void Enter(ExportedRow row, ExportedRow from)
    {
        if (from.Length > Columns)
            Lay(from.Length);
        if (from.SourceLength > SourceColumns)
            LaySources(from.SourceLength);
        for (var i = 0; i < _caches.Length; i++)
            _caches[i].Append(_rows.Count, Columns, from.Index, from.Group?._caches[i], from.Group is { } group ? from.Mask(group.Columns) : default);
        for (var i = 0; i < _sources.Length; i++)
            _sources[i].Append(_rows.Count, SourceColumns, from.Index, from.Group?._sources[i], from.Group is { } group ? group.SourceMask(from) : default);
        if (!ReferenceEquals(row, from))
            row.CopyFrom(from);
        row.Compact(Columns);
        (row.Group, row.Index) = (this, _rows.Count);
        _rows.Add(row);
    }

    /// <summary>Overwrites a row with another one of this group and of the same source.</summary>
    public void Replace(ExportedRow row, ExportedRow by)
    {
        foreach (var cache in _caches)
            cache.CopyRow(by.Index, row.Index, Columns);
        row.CopyFrom(by);
    }

    /// <summary>Takes a row out; the last one takes its place.</summary>
    public void RemoveAt(int index)
    {
        var last = _rows.Count - 1;
        if (index != last)
        {
            foreach (var cache in _caches)
                cache.CopyRow(last, index, Columns);
            foreach (var source in _sources)
                source.CopyRow(last, index, SourceColumns);
            _rows[index] = _rows[last];
            _rows[index].Index = index;
        }

        _rows.RemoveAt(last);
        if (last == 0)
            (Columns, SourceColumns) = (0, 0);
    }

    /// <summary>Makes the past as short as the next run needs it.</summary>
    /// <param name="time">Columns of the run.</param>
    public void Fit(int time)
    {
        var longest = Longest;
        if (Columns > longest && (Columns - longest > Math.Max(MinWaste, longest / 2) || Columns + time > maxTokens))
            Lay(longest);
    }

    /// <summary>Makes the past exactly as long as the longest row.</summary>
    public void Trim()
    {
        if (Columns > Longest)
            Lay(Longest);
    }

    /// <summary>Takes over what a run has written into the buffers.</summary>
    /// <param name="lengths">Tokens that each row has read in it.</param>
    /// <param name="time">Columns of the run.</param>
    public void Take(ReadOnlySpan<long> lengths, int time)
    {
        foreach (var cache in _caches)
            cache.Swap();
        for (var i = 0; i < _rows.Count; i++)
            _rows[i].Extend(Columns, (int)lengths[i], time - (int)lengths[i]);
        Columns += time;
    }

    /// <summary>Which columns of the sources are a row's own: 1 or 0. Valid until the next call.</summary>
    public ReadOnlySpan<byte> SourceMask(ExportedRow row)
    {
        if (_mask.Length < SourceColumns)
            _mask = new byte[SourceColumns];
        _mask.AsSpan(0, row.SourceLength).Fill(1);
        _mask.AsSpan(row.SourceLength).Clear();
        return _mask.AsSpan(0, SourceColumns);
    }

    public void Dispose()
    {
        foreach (var buffers in _caches.Concat(_sources))
            buffers.Dispose();
    }

    // Each row's own columns first; without a cache there is nothing to lay out.
    private void Lay(int columns)
    {
        foreach (var cache in _caches)
        {
            cache.BeginLay(_rows.Count, columns);
            foreach (var row in _rows)
                cache.Lay(row.Index, row.Mask(Columns), columns);
            cache.Swap();
        }

        foreach (var row in _rows)
            row.Compact(columns);
        Columns = columns;
    }

    private void LaySources(int columns)
    {
        foreach (var source in _sources)
        {
            source.BeginLay(_rows.Count, columns);
            foreach (var row in _rows)
                source.Lay(row.Index, SourceMask(row), columns);
            source.Swap();
        }

        SourceColumns = columns;
    }
}
