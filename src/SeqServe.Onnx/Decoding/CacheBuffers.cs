using SeqServe.Onnx.Memory;

namespace SeqServe.Onnx.Decoding;

/// <summary>Two buffers of one cache, <c>[rows, heads, columns, size]</c>: the past, and what the next run writes.</summary>
/// <param name="cache">The cache.</param>
internal sealed class CacheBuffers(ExportedCache cache) : IDisposable
{
    // Room for further columns and rows, so that not every step takes new memory.
    private const int SpareShare = 4;

    private NativeBlock<byte> _past = new(0);
    private NativeBlock<byte> _next = new(0);

    /// <summary>The past.</summary>
    public Span<byte> Past => _past.GetSpan();

    /// <summary>Room for what a run writes.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Columns of past and run together.</param>
    public Span<byte> Next(int rows, int columns)
    {
        var bytes = Bytes(rows, columns);
        NativeBlock<byte>.Fit(ref _next, bytes, Spare(bytes));
        return _next.GetSpan();
    }

    /// <summary>Bytes of so many rows.</summary>
    public int Bytes(int rows, int columns) => checked(rows * cache.Heads * columns * cache.ColumnBytes);

    /// <summary>What a run has written is the past now.</summary>
    public void Swap() => (_past, _next) = (_next, _past);

    /// <summary>Puts a row behind the others.</summary>
    /// <param name="rows">The others.</param>
    /// <param name="columns">Columns of the past.</param>
    /// <param name="from">Place of the row that it goes on from.</param>
    /// <param name="buffers">The same cache of that row's group; null for zeros.</param>
    /// <param name="mask">Which columns are that row's own.</param>
    public void Append(int rows, int columns, int from, CacheBuffers? buffers, ReadOnlySpan<byte> mask)
    {
        var (present, needed) = (Bytes(rows, columns), Bytes(rows + 1, columns));
        if (_past.Length < needed)
        {
            var grown = new NativeBlock<byte>((int)Math.Min(int.MaxValue, (long)needed + Spare(needed)));
            Past[..present].CopyTo(grown.GetSpan());
            // The row may be one of these: its bytes are the same in the new memory.
            _past.Dispose();
            _past = grown;
        }

        var target = Past[present..needed];
        if (buffers is null)
            target.Clear();
        else
            buffers.CopyOwn(from, mask, target, columns);
    }

    /// <summary>Copies a row of the past over another.</summary>
    public void CopyRow(int from, int to, int columns)
    {
        var bytes = Bytes(1, columns);
        Past.Slice(from * bytes, bytes).CopyTo(Past.Slice(to * bytes, bytes));
    }

    /// <summary>Makes room for another layout of the past, which <see cref="Lay"/> fills row by row and <see cref="Swap"/> puts in its place.</summary>
    public void BeginLay(int rows, int columns) => Next(rows, columns);

    /// <summary>Lays a row out anew: its own columns first, zeros behind.</summary>
    /// <param name="row">Its place.</param>
    /// <param name="mask">Which columns of the past are its own.</param>
    /// <param name="columns">Columns of the new layout.</param>
    public void Lay(int row, ReadOnlySpan<byte> mask, int columns)
    {
        var bytes = Bytes(1, columns);
        CopyOwn(row, mask, _next.GetSpan().Slice(row * bytes, bytes), columns);
    }

    public void Dispose()
    {
        _past.Dispose();
        _next.Dispose();
    }

    /// <summary>Bytes with the room beyond what is needed.</summary>
    public static long WithSpare(long bytes) => bytes + (bytes / SpareShare);

    private void CopyOwn(int row, ReadOnlySpan<byte> mask, Span<byte> target, int columns)
    {
        var (present, each) = (mask.Length, cache.ColumnBytes);
        var source = Past.Slice(row * Bytes(1, present), Bytes(1, present));
        for (var head = 0; head < cache.Heads; head++)
        {
            var from = source.Slice(head * present * each, present * each);
            var to = target.Slice(head * columns * each, columns * each);
            var at = 0;
            for (var column = 0; column < present;)
            {
                var run = mask[column..].IndexOf((byte)(1 - mask[column]));
                var length = run < 0 ? present - column : run;
                if (mask[column] == 1)
                {
                    from.Slice(column * each, length * each).CopyTo(to[(at * each)..]);
                    at += length;
                }

                column += length;
            }

            to[(at * each)..].Clear();
        }
    }

    private static int Spare(int bytes) => bytes / SpareShare;
}
