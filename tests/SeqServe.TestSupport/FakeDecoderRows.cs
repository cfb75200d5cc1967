using SeqServe.Core.Backends;

namespace SeqServe.TestSupport;

/// <summary>
/// Rows without a graph: each remembers what it has read, and its logits are a function of that alone. So a row that is mixed up with another shows at once.
/// </summary>
/// <param name="owner">The model; its functions answer.</param>
public sealed class FakeDecoderRows(FakeDecoder owner) : ITranslatorRows, ILanguageModelRows
{
    private readonly List<List<int>> _rows = [];
    private readonly List<int> _sources = [];
    private float[][] _logits = [];
    private float[][] _attention = [];

    /// <inheritdoc/>
    public int Count => _rows.Count;

    /// <inheritdoc/>
    public int StateSize => owner.StateSize;

    /// <inheritdoc/>
    public void RunStep(ReadOnlySpan<int> tokens, int first = 0)
    {
        int[][] read = new int[tokens.Length][];
        for (var i = 0; i < tokens.Length; i++)
            read[i] = [tokens[i]];
        Run(read, first);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int row) => _logits[row];

    /// <inheritdoc/>
    public ReadOnlySpan<float> Attention(int row) => owner.GivesAttention ? _attention[row] : default;

    /// <inheritdoc/>
    public void CopyState(int row, Span<float> state)
    {
        // What was read, newest first: as much as fits.
        for (var i = 0; i < StateSize; i++)
            state[i] = i < _rows[row].Count ? _rows[row][^(i + 1)] + 1 : 0;
    }

    /// <inheritdoc/>
    public void Fork(int row)
    {
        _rows.Add([.. _rows[row]]);
        _sources.Add(_sources[row]);
    }

    /// <inheritdoc/>
    public void Replace(int row, int by) => _rows[row] = [.. _rows[by]];

    /// <inheritdoc/>
    public void RemoveAt(int row)
    {
        (_rows[row], _sources[row]) = (_rows[^1], _sources[^1]);
        _rows.RemoveAt(_rows.Count - 1);
        _sources.RemoveAt(_sources.Count - 1);
    }

    /// <inheritdoc/>
    public void Encode(PaddedBatch sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var read = Rows(sources);
        owner.Enter(read);
        foreach (var source in read)
        {
            _rows.Add([.. source, FakeDecoder.EndOfSource]);
            _sources.Add(source.Length);
        }
    }

    /// <inheritdoc/>
    public void Begin(ReadOnlySpan<float> state)
    {
        var row = new List<int>();
        for (var i = state.Length - 1; i >= 0; i--)
        {
            if (state[i] > 0)
                row.Add((int)state[i] - 1);
        }

        _rows.Add(row);
        _sources.Add(0);
    }

    /// <inheritdoc/>
    public void Read(PaddedBatch tokens, int first = 0)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        Run(Rows(tokens), first);
    }

    /// <inheritdoc/>
    public void Append(ILanguageModelRows other, int row)
    {
        var from = (FakeDecoderRows)other;
        _rows.Add([.. from._rows[row]]);
        _sources.Add(0);
    }

    /// <inheritdoc/>
    public void Dispose() => owner.OpenRows--;

    private static int[][] Rows(PaddedBatch batch)
    {
        var rows = new int[batch.Rows][];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new int[(int)batch.Lengths.Span[i]];
            for (var j = 0; j < rows[i].Length; j++)
                rows[i][j] = (int)batch.Ids.Span[(i * batch.Time) + j];
        }

        return rows;
    }

    private void Run(int[][] read, int first)
    {
        owner.Enter(read);
        if (_logits.Length < _rows.Count)
        {
            Array.Resize(ref _logits, _rows.Count);
            Array.Resize(ref _attention, _rows.Count);
        }

        for (var i = 0; i < read.Length; i++)
        {
            var row = first + i;
            _rows[row].AddRange(read[i]);
            _logits[row] = owner.Logits(_rows[row]);
            _attention[row] = [.. Enumerable.Repeat(1f / Math.Max(1, _sources[row]), _sources[row])];
        }
    }
}
