using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Decoding;

/// <summary>Rows of a decoder graph: binds a store's slots to runs and takes over what they compute.</summary>
internal abstract class DecoderRows : IDecoderRows
{
    private readonly DecoderGraph _graph;
    private readonly RunOptions _options = SessionLease.NewOptions();
    private readonly Binding _inputs = new();
    private readonly Binding _outputs = new();
    private readonly RowTensor _logits;
    private readonly RowTensor _attention;
    private long[] _tokens = [];
    private long[] _ones = [];

    protected DecoderRows(DecoderGraph graph)
    {
        _graph = graph;
        Store = graph.NewStore();
        _logits = new RowTensor(graph.LogitsShape);
        _attention = new RowTensor(new RowShape(graph.Attention ?? "", [-1, -1], 1));
        StateSize = Store.States.Sum(s => s.Current.RowSize);
    }

    public int Count => Store.Count;

    public int StateSize { get; }

    protected RowStore Store { get; }

    public void RunStep(ReadOnlySpan<int> tokens, int first = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length);
        if (_tokens.Length < tokens.Length)
        {
            var ones = new long[Store.Slots];
            Array.Fill(ones, 1);
            (_tokens, _ones) = (new long[Store.Slots], ones);
        }

        for (var i = 0; i < tokens.Length; i++)
            _tokens[i] = tokens[i];
        Run(_tokens.AsMemory(0, tokens.Length), _ones.AsMemory(0, tokens.Length), 1, first);
    }

    public ReadOnlySpan<float> Logits(int row) => _logits.Row(row);

    public ReadOnlySpan<float> Attention(int row) =>
        _graph.Attention is null ? default : _attention.Row(row)[..(int)AttendedLengths[row]];

    public void CopyState(int row, Span<float> state)
    {
        var at = 0;
        foreach (var tensor in Store.States)
        {
            tensor.Current.Row(row).CopyTo(state[at..]);
            at += tensor.Current.RowSize;
        }
    }

    public void Fork(int row) => Store.AppendCopy(Store, row);

    public void Replace(int row, int by) => Store.Replace(row, by);

    public void RemoveAt(int row) => Store.RemoveAt(row);

    public void Dispose()
    {
        _options.Dispose();
        Store.Dispose();
        _logits.Dispose();
        _attention.Dispose();
    }

    /// <summary>Source tokens by place at the last run: rows may have moved since.</summary>
    protected long[] AttendedLengths { get; private set; } = [];

    /// <summary>Runs rows <paramref name="first"/> and following.</summary>
    /// <param name="tokens">Their ids, <c>[B]</c> or <c>[B,T]</c>.</param>
    /// <param name="lengths">Their valid tokens, <c>[B]</c>.</param>
    /// <param name="time">T.</param>
    /// <param name="first">The first row.</param>
    protected void Run(Memory<long> tokens, Memory<long> lengths, int time, int first)
    {
        var rows = lengths.Length;
        try
        {
            BindInputs(tokens, lengths, time, first);
            BindOutputs(time, first, rows);
            _graph.Run(_inputs, _outputs, _options);
        }
        finally
        {
            _inputs.Clear();
            _outputs.Clear();
        }

        // Room for what was read is made only now: the run would have attended to it, empty as it is.
        Store.ReserveSteps(time, Store.PastLengths.Span.Slice(first, rows));
        Store.Take(first, lengths.Span, time);
        Store.SourceLengths.Span.CopyTo(AttendedLengths);
    }

    private void BindInputs(Memory<long> tokens, Memory<long> lengths, int time, int first)
    {
        var rows = lengths.Length;
        foreach (var part in _graph.Inputs)
        {
            switch (part.Meaning)
            {
                case TensorMeaning.TokenIds: _inputs.Add(part.Name, tokens, part.Rank == 1 ? [rows] : [rows, time]); break;
                case TensorMeaning.Lengths: _inputs.Add(part.Name, lengths, rows); break;
                case TensorMeaning.PastLengths: _inputs.Add(part.Name, Store.PastLengths.Slice(first, rows), rows); break;
                case TensorMeaning.SourceLengths: _inputs.Add(part.Name, Store.SourceLengths.Slice(first, rows), rows); break;
                default: throw new BackendException($"Nothing is known that could go into input {part.Name} of a decoder.");
            }
        }

        foreach (var state in Store.States)
            Bind(_inputs, state.Current.Shape.Name, state.Current, first, rows);
        foreach (var cache in Store.Caches)
            Bind(_inputs, cache.Past.Shape.Name, cache.Past, first, rows);
        foreach (var tensor in Store.Memory)
            Bind(_inputs, tensor.Shape.Name, tensor, first, rows);
    }

    private void BindOutputs(int time, int first, int rows)
    {
        if (AttendedLengths.Length != Store.Slots)
        {
            _logits.Resize(Store.Slots, 1, 0);
            AttendedLengths = new long[Store.Slots];
        }

        Bind(_outputs, _logits.Shape.Name, _logits, first, rows);
        foreach (var state in Store.States)
            Bind(_outputs, state.Output, state.Following, first, rows);
        foreach (var cache in Store.Caches)
        {
            cache.Fresh.Resize(rows, time, 0);
            Bind(_outputs, cache.NewName, cache.Fresh, 0, rows);
        }

        if (_graph.Attention is null)
            return;
        _attention.Resize(Store.Slots, Store.SourceExtent, 0);
        Bind(_outputs, _attention.Shape.Name, _attention, first, rows);
    }

    private static void Bind(Binding side, string name, RowTensor tensor, int first, int rows) =>
        side.Add(name, tensor.Rows(first, rows), tensor.Shape.Of(rows, tensor.Extent));
}
