using System.Buffers;

namespace SeqServe.Core.Backends;

/// <summary>
/// Token ids of several rows, right-padded to the longest, in pooled memory. Made by the batch's runner, which disposes it after the run.
/// </summary>
public sealed class PaddedBatch : IDisposable
{
    private long[] _ids;
    private long[] _lengths;
    private long[] _types = [];

    /// <summary>Rents room for a batch; lengths are zero and ids are <paramref name="padId"/> until rows are set.</summary>
    /// <param name="rows">Number of rows, at least 1: ONNX Runtime's LSTM and GRU kernels crash the process on an empty batch.</param>
    /// <param name="time">Tokens of the longest row, at least 1.</param>
    /// <param name="padId">The id that fills the tail of shorter rows; any valid id.</param>
    public PaddedBatch(int rows, int time, int padId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(time, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(padId);
        Rows = rows;
        Time = time;
        _ids = ArrayPool<long>.Shared.Rent(checked(rows * time));
        _lengths = ArrayPool<long>.Shared.Rent(rows);
        _ids.AsSpan(0, rows * time).Fill(padId);
        _lengths.AsSpan(0, rows).Clear();
    }

    /// <summary>Makes a batch of rows.</summary>
    /// <param name="rows">Number of rows, at least 1.</param>
    /// <param name="source">Where the rows are.</param>
    /// <param name="ids">The ids of the row at an index, at least one; called twice for each row.</param>
    /// <param name="padId">The id that fills the tail of shorter rows; any valid id.</param>
    /// <param name="minTime">The padded length where no row is longer.</param>
    public static PaddedBatch Of<TSource>(int rows, TSource source, Func<TSource, int, ReadOnlySpan<int>> ids, int padId, int minTime = 1)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var longest = minTime;
        for (var i = 0; i < rows; i++)
            longest = Math.Max(longest, ids(source, i).Length);
        var batch = new PaddedBatch(rows, longest, padId);
        try
        {
            for (var i = 0; i < rows; i++)
                batch.SetRow(i, ids(source, i));
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>Number of rows (axis 0).</summary>
    public int Rows { get; }

    /// <summary>Padded length (axis 1).</summary>
    public int Time { get; }

    /// <summary>Token ids, <c>[Rows, Time]</c>, row by row.</summary>
    public Memory<long> Ids => _ids.AsMemory(0, Rows * Time);

    /// <summary>Valid tokens per row, <c>[Rows]</c>.</summary>
    public Memory<long> Lengths => _lengths.AsMemory(0, Rows);

    /// <summary>The type of each token, <c>[Rows, Time]</c>; 0 unless a row has set others.</summary>
    public Memory<long> Types
    {
        get
        {
            if (_types.Length == 0)
            {
                _types = ArrayPool<long>.Shared.Rent(Rows * Time);
                _types.AsSpan(0, Rows * Time).Clear();
            }

            return _types.AsMemory(0, Rows * Time);
        }
    }

    /// <summary>Copies a row's types in; nothing to do for one without.</summary>
    /// <param name="row">Index of the row.</param>
    /// <param name="types">As many as the row has ids, or none where all are 0.</param>
    public void SetTypes(int row, ReadOnlySpan<int> types)
    {
        if (types.IsEmpty)
            return;
        var target = Types.Span.Slice(row * Time, Time);
        for (var i = 0; i < types.Length; i++)
            target[i] = types[i];
    }

    /// <summary>Copies a row's ids in.</summary>
    /// <param name="row">Index of the row.</param>
    /// <param name="ids">1 to <see cref="Time"/> ids.</param>
    public void SetRow(int row, ReadOnlySpan<int> ids)
    {
        ArgumentOutOfRangeException.ThrowIfZero(ids.Length);
        var target = _ids.AsSpan(row * Time, Time);
        for (var i = 0; i < ids.Length; i++)
            target[i] = ids[i];
        _lengths[row] = ids.Length;
    }

    /// <summary>Returns the memory to the pool.</summary>
    public void Dispose()
    {
        ArrayPool<long>.Shared.Return(Interlocked.Exchange(ref _ids, []));
        ArrayPool<long>.Shared.Return(Interlocked.Exchange(ref _lengths, []));
        ArrayPool<long>.Shared.Return(Interlocked.Exchange(ref _types, []));
    }
}
