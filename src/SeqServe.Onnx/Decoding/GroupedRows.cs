using SeqServe.Core.Backends;
using SeqServe.Onnx.Memory;

namespace SeqServe.Onnx.Decoding;

/// <summary>
/// Rows of graphs that other frameworks exported. Where a graph bears rows of different lengths in one run, all are one group; else those that have read
/// equally many tokens are one, and a step runs each group.
/// </summary>
/// <param name="newGroup">Makes a group.</param>
/// <param name="vocabularySize">Number of token ids.</param>
/// <param name="sharing">Which rows may share a run.</param>
internal abstract class GroupedRows(Func<ExportedGroup> newGroup, int vocabularySize, RowSharing sharing) : IDecoderRows
{
    private readonly List<ExportedRow> _rows = [];
    private readonly List<ExportedGroup> _groups = [];
    private readonly List<ExportedRowMark> _marks = [];
    private NativeBlock<float> _logits = new(0);

    /// <inheritdoc/>
    public int Count => _rows.Count;

    /// <inheritdoc/>
    public virtual int StateSize => 0;

    /// <summary>Whether a run may hold rows that read fewer tokens than others, with padding behind them.</summary>
    protected virtual bool PadsReads => false;

    /// <inheritdoc/>
    public void Fork(int row) => Add(_rows[row]);

    /// <inheritdoc/>
    public void Replace(int row, int by) => _rows[row].Group.Replace(_rows[row], _rows[by]);

    /// <inheritdoc/>
    public void RemoveAt(int row)
    {
        var left = _rows[row].Group;
        left.RemoveAt(_rows[row].Index);
        Release(left);
        _rows[row] = _rows[^1];
        _rows.RemoveAt(_rows.Count - 1);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int row) => _logits.GetSpan().Slice(row * vocabularySize, vocabularySize);

    /// <inheritdoc/>
    public ReadOnlySpan<float> Attention(int row) => default;

    /// <inheritdoc/>
    public void CopyState(int row, Span<float> state) => _rows[row].State.CopyTo(state);

    /// <inheritdoc/>
    public void RunStep(ReadOnlySpan<int> tokens, int first = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length);
        var (ids, ones) = (new long[tokens.Length], new long[tokens.Length]);
        for (var i = 0; i < tokens.Length; i++)
            (ids[i], ones[i]) = (tokens[i], 1);
        Run(new RowInputs(ids, ones, 1, first));
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        foreach (var group in _groups)
            group.Dispose();
        _logits.Dispose();
    }

    /// <summary>A row.</summary>
    protected ExportedRow this[int row] => _rows[row];

    /// <summary>All rows of a group read their next tokens, in pieces where that is needed.</summary>
    /// <param name="group">The group.</param>
    /// <param name="tokens">What rows read; those of a group are found by their places.</param>
    /// <param name="take">Receives the scores behind the last token of each row.</param>
    /// <exception cref="BackendException">A run failed; rows may then have read some of their tokens.</exception>
    protected abstract void Read(ExportedGroup group, RowInputs tokens, LogitsTaker take);

    /// <summary>Appends a row that goes on from what another has read, or the new row itself.</summary>
    protected void Add(ExportedRow from)
    {
        var row = from.Group is null ? from : new ExportedRow { SourceLength = from.SourceLength };
        GroupFor(from.Length).Enter(row, from);
        _rows.Add(row);
    }

    /// <summary>Rows read their next tokens. What a failed run would have changed is left as it was.</summary>
    /// <exception cref="BackendException">A run failed.</exception>
    protected void Run(RowInputs tokens)
    {
        _marks.Clear();
        for (var i = 0; i < _rows.Count; i++)
            _rows[i].Place = i;
        NativeBlock<float>.Fit(ref _logits, _rows.Count * vocabularySize);
        try
        {
            var groups = Split(tokens);
            for (var i = 0; i < tokens.Rows; i++)
                _marks.Add(_rows[tokens.First + i].Mark());
            foreach (var group in groups)
                Read(group, tokens, (row, logits) => logits.CopyTo(_logits.GetSpan()[(row.Place * vocabularySize)..]));
        }
        catch
        {
            foreach (var mark in _marks)
                mark.Row.Reset(mark);
            throw;
        }
        finally
        {
            Join();
        }
    }

    private ExportedGroup GroupFor(int length)
    {
        foreach (var group in _groups)
        {
            if (group.Rows.Count == 0 || sharing == RowSharing.Any || (sharing == RowSharing.EqualLengths && group.Columns == length))
                return group;
        }

        _groups.Add(newGroup());
        return _groups[^1];
    }

    // The last group stays for the rows to come.
    private void Release(ExportedGroup group)
    {
        if (group.Rows.Count > 0 || _groups.Count == 1)
            return;
        _groups.Remove(group);
        group.Dispose();
    }

    // Groups of exactly the rows that run, and where no padding may be among them, of rows that read equally many tokens.
    private List<ExportedGroup> Split(RowInputs tokens)
    {
        var groups = new List<ExportedGroup>();
        for (var i = 0; i < tokens.Rows; i++)
        {
            var group = _rows[tokens.First + i].Group;
            if (!groups.Contains(group) && RunsWhole(group, tokens))
                groups.Add(group);
        }

        var others = new Dictionary<(ExportedGroup From, long Length), ExportedGroup>();
        for (var i = 0; i < tokens.Rows; i++)
        {
            var row = _rows[tokens.First + i];
            if (groups.Contains(row.Group))
                continue;
            var key = (row.Group, PadsReads ? 0 : tokens.Length(row));
            if (!others.TryGetValue(key, out var target))
            {
                target = others[key] = newGroup();
                _groups.Add(target);
            }

            Move(row, target);
        }

        return [.. groups, .. others.Values];
    }

    private bool RunsWhole(ExportedGroup group, RowInputs tokens)
    {
        foreach (var row in group.Rows)
        {
            if (!tokens.Holds(row) || (!PadsReads && tokens.Length(row) != tokens.Length(group.Rows[0])))
                return false;
        }

        return true;
    }

    private static void Move(ExportedRow row, ExportedGroup target)
    {
        var (group, index) = (row.Group, row.Index);
        target.Enter(row, row);
        group.RemoveAt(index);
    }

    // Back to as few groups as the graph bears.
    private void Join()
    {
        if (_groups.Count == 1 && sharing == RowSharing.Any)
            return;
        for (var i = _groups.Count - 1; i >= 0; i--)
        {
            var group = _groups[i];
            if (sharing != RowSharing.Any)
                group.Trim();
            var target = sharing == RowSharing.None
                ? group
                : _groups.Find(other => sharing == RowSharing.Any || other.Columns == group.Columns);
            while (target != group && group.Rows.Count > 0)
                Move(group.Rows[^1], target!);
            Release(group);
        }
    }
}

/// <summary>Which rows may share a run.</summary>
internal enum RowSharing
{
    /// <summary>Any.</summary>
    Any,

    /// <summary>Those that have read equally many tokens.</summary>
    EqualLengths,

    /// <summary>None: each runs alone.</summary>
    None,
}

/// <summary>Receives the scores <c>[V]</c> behind a row's last token.</summary>
internal delegate void LogitsTaker(ExportedRow row, ReadOnlySpan<float> logits);

/// <summary>What consecutive rows read in one run.</summary>
internal readonly ref struct RowInputs
{
    private readonly ReadOnlySpan<long> _ids;
    private readonly ReadOnlySpan<long> _lengths;
    private readonly int _time;

    /// <summary>Names it.</summary>
    /// <param name="ids">Ids <c>[rows, time]</c>.</param>
    /// <param name="lengths">Valid ones of each row.</param>
    /// <param name="time">Columns.</param>
    /// <param name="first">Place of the first row.</param>
    public RowInputs(ReadOnlySpan<long> ids, ReadOnlySpan<long> lengths, int time, int first)
    {
        (_time, First) = (time, first);
        _ids = ids;
        _lengths = lengths;
    }

    /// <summary>Place of the first row.</summary>
    public int First { get; }

    /// <summary>Number of rows.</summary>
    public int Rows => _lengths.Length;

    /// <summary>Whether a row is one of them, by its place.</summary>
    public bool Holds(ExportedRow row) => (uint)(row.Place - First) < (uint)_lengths.Length;

    /// <summary>Tokens that a row reads.</summary>
    public int Length(ExportedRow row) => (int)_lengths[row.Place - First];

    /// <summary>Some columns of what a row reads, padding included.</summary>
    public ReadOnlySpan<long> Ids(ExportedRow row, int at, int columns) => _ids.Slice(((row.Place - First) * _time) + at, columns);
}
