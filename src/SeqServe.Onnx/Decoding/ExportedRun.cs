using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Memory;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Decoding;

/// <summary>Runs of an exported graph over groups, one at a time: what goes in beside the caches, and the scores that come out.</summary>
internal sealed class ExportedRun : IDisposable
{
    private readonly ExportedGraph _graph;
    private readonly RunOptions _options = SessionLease.NewOptions();
    private readonly Binding _inputs = new();
    private readonly Binding _outputs = new();
    private readonly (string Part, NumberInput Input)[] _parts;
    private readonly LogitsBuffer _logits;
    private readonly NativeBlock<float>[] _states;
    private readonly NativeBlock<float>[] _newStates;
    private int _time;

    /// <summary>Takes no memory until the first run.</summary>
    public ExportedRun(ExportedGraph graph)
    {
        _graph = graph;
        _logits = new LogitsBuffer(graph.VocabularySize);
        _parts = [.. graph.Inputs.Select(part => (part.Part, new NumberInput(part.Name, graph.TypeOf(part))))];
        _states = [.. graph.States.Select(static _ => new NativeBlock<float>(0))];
        _newStates = [.. graph.States.Select(static _ => new NativeBlock<float>(0))];
    }

    /// <summary>All rows of a group read their next tokens on the calling thread; a failed run changes nothing.</summary>
    /// <param name="group">The group.</param>
    /// <param name="tokens">Ids <c>[rows, time]</c>.</param>
    /// <param name="lengths">Valid ones of each row; none where a row is over and its scores are not wanted.</param>
    /// <param name="time">Columns.</param>
    /// <exception cref="BackendException">The run failed.</exception>
    public void Run(ExportedGroup group, ReadOnlySpan<long> tokens, ReadOnlySpan<long> lengths, int time)
    {
        group.Fit(time);
        try
        {
            BindParts(group, tokens, lengths, time);
            BindCaches(group, time);
            BindStates(group.Rows);
            BindLogits(group.Rows.Count, time);
            _graph.Run(_inputs, _outputs, _options);
        }
        finally
        {
            _inputs.Clear();
            _outputs.Clear();
        }

        group.Take(lengths, time);
        TakeStates(group.Rows);
        _time = time;
    }

    /// <summary>Scores <c>[V]</c> of the last run.</summary>
    /// <param name="row">Place of the row in its group.</param>
    /// <param name="step">Its token; the last valid one where the graph gives the scores behind that one only.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<float> Logits(int row, int step) => _logits.At(_graph.GivesAllLogits ? (row * _time) + step : row);

    public void Dispose()
    {
        _options.Dispose();
        _logits.Dispose();
        foreach (var (_, input) in _parts)
            input.Dispose();
        foreach (var block in _states.Concat(_newStates))
            block.Dispose();
    }

    private void BindParts(ExportedGroup group, ReadOnlySpan<long> tokens, ReadOnlySpan<long> lengths, int time)
    {
        var rows = group.Rows.Count;
        var columns = group.Columns + time;
        foreach (var (part, input) in _parts)
        {
            switch (part)
            {
                case LanguageModelContract.Tokens:
                    tokens[..(rows * time)].CopyTo(input.Numbers(rows * time));
                    input.Bind(_inputs, rows * time, rows, time);
                    break;
                case LanguageModelContract.Lengths:
                    lengths[..rows].CopyTo(input.Numbers(rows));
                    input.Bind(_inputs, rows, rows);
                    break;
                case LanguageModelContract.Mask:
                    FillMask(input.Numbers(rows * columns), group, lengths, columns);
                    input.Bind(_inputs, rows * columns, rows, columns);
                    break;
                case LanguageModelContract.Positions:
                    FillPositions(input.Numbers(rows * time), group.Rows, lengths, time);
                    input.Bind(_inputs, rows * time, rows, time);
                    break;
                case LanguageModelContract.UsePast:
                    input.Numbers(1)[0] = group.Columns > 0 ? 1 : 0;
                    input.Bind(_inputs, 1, 1);
                    break;
                default:
                    throw new BackendException($"Nothing is known that could go into the part \"{part}\" of such a graph.");
            }
        }
    }

    private static void FillMask(Span<long> mask, ExportedGroup group, ReadOnlySpan<long> lengths, int columns)
    {
        for (var i = 0; i < group.Rows.Count; i++)
        {
            var row = mask.Slice(i * columns, columns);
            var own = group.Rows[i].Mask(group.Columns);
            for (var column = 0; column < own.Length; column++)
                row[column] = own[column];
            row.Slice(own.Length, (int)lengths[i]).Fill(1);
            row[(own.Length + (int)lengths[i])..].Clear();
        }
    }

    // Padding has the position of the last token: one behind it may be beyond the model's.
    private static void FillPositions(Span<long> positions, IReadOnlyList<ExportedRow> rows, ReadOnlySpan<long> lengths, int time)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            for (var t = 0; t < time; t++)
                positions[(i * time) + t] = Math.Max(0, rows[i].Length + Math.Min(t, lengths[i] - 1));
        }
    }

    private void BindCaches(ExportedGroup group, int time)
    {
        var rows = group.Rows.Count;
        for (var i = 0; i < _graph.Caches.Length; i++)
        {
            var (cache, buffers) = (_graph.Caches[i], group.Caches[i]);
            var (past, present) = (group.Columns, group.Columns + time);
            _inputs.Add(cache.Input, cache.Type, buffers.Past, buffers.Bytes(rows, past), [rows, cache.Heads, past, cache.Size]);
            _outputs.Add(
                cache.Output, cache.Type, buffers.Next(rows, present), buffers.Bytes(rows, present), [rows, cache.Heads, present, cache.Size]);
        }
    }

    private void BindStates(IReadOnlyList<ExportedRow> rows)
    {
        var begin = 0;
        for (var s = 0; s < _graph.States.Length; s++)
        {
            var state = _graph.States[s];
            var size = rows.Count * state.RowSize;
            NativeBlock<float>.Fit(ref _states[s], size);
            NativeBlock<float>.Fit(ref _newStates[s], size);
            var values = _states[s].GetSpan();
            for (var i = 0; i < rows.Count; i++)
            {
                for (var o = 0; o < state.Outer; o++)
                    rows[i].State.AsSpan(begin + (o * state.Inner), state.Inner).CopyTo(values[(((o * rows.Count) + i) * state.Inner)..]);
            }

            _inputs.Add(state.Input, _states[s].Memory[..size], state.Shape(rows.Count));
            _outputs.Add(state.Output, _newStates[s].Memory[..size], state.Shape(rows.Count));
            begin += state.RowSize;
        }
    }

    private void TakeStates(IReadOnlyList<ExportedRow> rows)
    {
        if (_graph.States.Length == 0)
            return;
        for (var i = 0; i < rows.Count; i++)
        {
            var taken = new float[rows[i].State.Length];
            var begin = 0;
            for (var s = 0; s < _graph.States.Length; s++)
            {
                var state = _graph.States[s];
                for (var o = 0; o < state.Outer; o++)
                {
                    _newStates[s].GetSpan().Slice(((o * rows.Count) + i) * state.Inner, state.Inner)
                        .CopyTo(taken.AsSpan(begin + (o * state.Inner)));
                }

                begin += state.RowSize;
            }

            rows[i].State = taken;
        }
    }

    private void BindLogits(int rows, int time) => _logits.Bind(
        _outputs, _graph.Logits, _graph.LogitsType,
        _graph.GivesAllLogits ? [rows, time, _graph.VocabularySize] : [rows, _graph.VocabularySize]);
}
