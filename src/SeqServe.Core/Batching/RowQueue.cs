using System.Runtime.InteropServices;

namespace SeqServe.Core.Batching;

/// <summary>
/// The waiting rows of one model version in the order of their ranks, oldest first within a priority class. Not safe for concurrent use: its owner holds a
/// lock; only <see cref="Depth"/> and <see cref="Tokens"/> may be read without.
/// </summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
internal sealed class RowQueue<TRow>
    where TRow : QueuedRow
{
    // Removing costs a pass over the list, so it is not done for every single one.
    private const int MaxCancelledKept = 64;

    private readonly List<TRow> _rows = [];
    private readonly List<WaitingRow> _view = [];
    private int _depth;
    private long _tokens;

    /// <summary>Rows that wait, cancelled ones not counted.</summary>
    public int Depth
    {
        get => Volatile.Read(ref _depth);
        private set => Volatile.Write(ref _depth, value);
    }

    /// <summary>Tokens of the rows that wait.</summary>
    public long Tokens
    {
        get => Volatile.Read(ref _tokens);
        private set => Volatile.Write(ref _tokens, value);
    }

    /// <summary>The row at an index of <see cref="View"/>.</summary>
    public TRow this[int index] => _rows[index];

    public void Add(TRow row)
    {
        // Nearly always at the end: only a row of a higher class goes further forward.
        var index = _rows.Count;
        while (index > 0 && _rows[index - 1].Rank > row.Rank)
            index--;
        _rows.Insert(index, row);
        Depth++;
        Tokens += row.Length;
    }

    /// <summary>Takes a cancelled row out of the count; the row itself is removed with the next batch, or when more rows are cancelled than wait.</summary>
    public void Cancelled(TRow row)
    {
        Depth--;
        Tokens -= row.Length;
        if (_rows.Count > (2 * Depth) + MaxCancelledKept)
            _rows.RemoveAll(static row => !row.IsWaiting);
    }

    /// <summary>The first row that is not cancelled, or null.</summary>
    public TRow? Oldest()
    {
        foreach (var row in _rows)
        {
            if (!row.IsCancelled)
                return row;
        }

        return null;
    }

    /// <summary>What the assembler chooses from: an entry per row in order of arrival, as far as the assembler looks ahead.</summary>
    public ReadOnlySpan<WaitingRow> View()
    {
        _view.Clear();
        var present = 0;
        foreach (var row in _rows)
        {
            _view.Add(new WaitingRow(row.Length, row.IsCancelled, row.Kind));
            if (!row.IsCancelled && ++present > BatchAssembler.LookAhead)
                break;
        }

        return CollectionsMarshal.AsSpan(_view);
    }

    /// <summary>Moves the rows at these indices of <see cref="View"/> into a batch and forgets the cancelled ones.</summary>
    public void Take(List<int> picked, List<TRow> batch)
    {
        foreach (var index in picked)
        {
            var row = _rows[index];
            if (!row.TryStart())
                continue;
            batch.Add(row);
            Depth--;
            Tokens -= row.Length;
        }

        _rows.RemoveAll(static row => !row.IsWaiting);
    }

    /// <summary>Takes everything that waits.</summary>
    public List<TRow> TakeAll()
    {
        var taken = new List<TRow>(_rows.Count);
        Take([.. Enumerable.Range(0, _rows.Count)], taken);
        return taken;
    }
}

/// <summary>What the assembler needs to know of a waiting row.</summary>
/// <param name="Length">Its tokens.</param>
/// <param name="IsCancelled">Whether its caller has left or its deadline has passed.</param>
/// <param name="Kind">Rows of different kinds never share a batch.</param>
internal readonly record struct WaitingRow(int Length, bool IsCancelled, int Kind = 0);
