using System.Globalization;
using System.Runtime.InteropServices;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>
/// What the inputs of a text model's graphs must hold beyond their shapes. ONNX Runtime does not report that an id below zero wraps, that a length beyond its
/// row gives a meaningless result, or that a position has no embedding.
/// </summary>
internal sealed class TextGraphGuard
{
    private readonly GraphRole _graph;
    private readonly DecoderWiring _wiring;
    private readonly List<string> _caches;
    private readonly int _vocabularySize;
    private readonly int _maxTokens;
    private readonly int _context;
    private readonly BatchLimits _limits;

    /// <summary>The guard of a graph.</summary>
    /// <param name="graph">What its inputs are.</param>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="vocabularySize">Number of token ids.</param>
    /// <param name="wiring">What goes back in, layer by layer; null where that is what the manifest says.</param>
    public TextGraphGuard(GraphRole graph, ModelManifest manifest, int vocabularySize, DecoderWiring? wiring = null)
    {
        _graph = graph;
        _wiring = (graph.IsWired ? wiring ?? manifest.Wiring : null) ?? DecoderWiring.None;
        // Keys and values [B,h,P,d], of which as many as the past lengths say are filled.
        _caches = [.. _wiring.Caches.SelectMany(c => new[] { c.KeyInput, c.ValueInput })];
        _vocabularySize = vocabularySize;
        _limits = manifest.Batching;
        var (input, output) = (manifest.Limits.MaxInputTokens, manifest.Limits.MaxOutputTokens ?? 0);
        (_maxTokens, _context) = graph.Reads switch
        {
            RowTokens.Step => (1, output),
            RowTokens.InputAndOutput => (manifest.Limits.MaxContextTokens, manifest.Limits.MaxContextTokens),
            _ => (input, input),
        };
    }

    /// <summary>Refuses what the graph cannot take.</summary>
    public void Check(IReadOnlyList<Tensor> inputs)
    {
        var byName = inputs.ToDictionary(i => i.Name, StringComparer.Ordinal);
        if (Find(byName, TensorMeaning.TokenIds) is not { } ids)
            return;
        var rows = ids.Shape[0];
        if (rows == 0)
            throw TensorFaults.Of(ids, "axis 0 is the batch and has 0 rows; send at least one");
        foreach (var input in inputs)
        {
            var axis = BatchAxis(input.Name);
            if (axis is { } batch && input.Shape[batch] != rows)
                throw TensorFaults.Of(input, $"has {input.Shape[batch]} rows on axis {batch}, \"{ids.Name}\" has {rows}; they must be equal");
        }

        var time = ids.Shape.Count > 1 ? ids.Shape[1] : 1;
        if (rows > _limits.MaxBatchSize)
            throw TensorFaults.Of(ids, $"has {rows} rows on axis 0, the model's max_batch_size is {_limits.MaxBatchSize}; send the others in further requests");
        CheckTokens(ids, rows, time, "tokens");
        if (time < _graph.MinTokens || time > _maxTokens)
            throw TensorFaults.Of(ids, $"has {time} tokens a row, the graph takes {_graph.MinTokens}–{_maxTokens}");
        Range(ids, 0, _vocabularySize - 1, "ids of this model are");
        if (Find(byName, TensorMeaning.Lengths) is { } lengths)
            Range(lengths, 1, time, $"lengths of rows of {time} tokens are");
        if (Find(byName, TensorMeaning.Positions) is { } positions)
            Range(positions, 0, _context - 1, "positions of this model are");
        var caches = _caches.FindAll(byName.ContainsKey);
        if (caches.Count > 0)
            CheckCaches(byName, caches, time);
        if (_wiring.Memory.Count > 0)
            CheckMemory(byName);
    }

    // A request's rows run in one batch, as large as the server itself would make one.
    private void CheckTokens(Tensor input, long rows, long each, string what)
    {
        if (rows * each > _limits.MaxBatchTokens)
        {
            throw TensorFaults.Of(
                input,
                $"has {rows} rows of {each} {what}, {rows * each} in all, the model's max_batch_tokens is {_limits.MaxBatchTokens}; "
                + "send fewer rows, and the others in further requests");
        }
    }

    private Tensor? Find(Dictionary<string, Tensor> inputs, TensorMeaning meaning) =>
        _graph.Find(meaning) is { } part ? inputs.GetValueOrDefault(part.Name) : null;

    private int? BatchAxis(string input) =>
        _graph.Find(TensorMeaning.Switch)?.Name == input ? null : _wiring.States.FirstOrDefault(state => state.Input == input)?.BatchAxis ?? 0;

    private void CheckCaches(Dictionary<string, Tensor> inputs, List<string> caches, long time)
    {
        var past = inputs[caches[0]].Shape[2];
        foreach (var name in caches)
        {
            if (inputs[name].Shape[2] != past)
                throw TensorFaults.OfInput(name, $"has {inputs[name].Shape[2]} past tokens on axis 2, \"{caches[0]}\" has {past}; they must be equal");
        }

        if (Find(inputs, TensorMeaning.PastLengths) is { } lengths)
            Range(lengths, 0, Math.Min(past, _context - time), $"with a cache of {past} tokens and room for {_context} in all, past lengths are");
        else if (past + time > _context)
            throw TensorFaults.OfInput(caches[0], $"has {past} past tokens on axis 2; with {time} more there is room for {_context} in all");
    }

    // What the encoder gave, [B,S,…] or [B,h,S,d], of which as much as the source lengths say is filled.
    private void CheckMemory(Dictionary<string, Tensor> inputs)
    {
        long? source = null;
        foreach (var memory in _wiring.Memory.Select(name => inputs[name]).Where(m => m.Shape.Count > 2))
        {
            var size = memory.Shape[memory.Shape.Count == 3 ? 1 : 2];
            CheckTokens(memory, memory.Shape[0], size, "source tokens");
            if (size == 0 || size != (source ?? size))
                throw TensorFaults.Of(memory, $"has {size} source tokens; all memory must be of the same number, at least 1");
            source = size;
        }

        if (source is { } most && Find(inputs, TensorMeaning.SourceLengths) is { } lengths)
            Range(lengths, 1, most, $"lengths of sources of {most} tokens are");
    }

    private static void Range(Tensor input, long least, long most, string what)
    {
        if (input.Datatype == TensorDatatype.Int32)
            Range(input, MemoryMarshal.Cast<byte, int>(input.Data.Span), (int)Math.Min(least, int.MaxValue), (int)Math.Min(most, int.MaxValue), what);
        else
            Range(input, MemoryMarshal.Cast<byte, long>(input.Data.Span), least, most, what);
    }

    private static void Range<T>(Tensor input, ReadOnlySpan<T> values, T least, T most, string what)
        where T : IComparable<T>
    {
        var index = values.IndexOfAnyExceptInRange(least, most);
        if (index < 0)
            return;
        var remedy = string.Create(CultureInfo.InvariantCulture, $"element {index} is {values[index]}; {what} {least}–{most}");
        throw TensorFaults.Of(input, remedy);
    }
}
