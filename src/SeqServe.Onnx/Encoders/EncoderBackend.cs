using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Sessions;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx.Encoders;

/// <summary>A graph that reads whole texts, as <see cref="EncoderContract"/> describes it.</summary>
internal sealed class EncoderBackend : IEncoderBackend
{
    private readonly SessionPool _pool;
    private readonly EncoderInputs _inputs;
    private readonly string[] _outputs;

    /// <summary>Owns the graphs once it is made.</summary>
    /// <exception cref="BackendException">The graph's inputs or outputs differ from the contract.</exception>
    public EncoderBackend(OpenGraphs graphs)
    {
        var graph = graphs.Single;
        var output = graph.Role.Outputs.FirstOrDefault(part => graph.Outputs.ContainsKey(part.Name)) ?? graph.Role.Outputs[^1];
        SignatureCheck.Run(graph, graph.InputParts(DecoderWiring.None), [output]);
        Contract = new GraphContract([graph.Role]);
        _pool = graph.Pool;
        _inputs = new EncoderInputs(graph);
        _outputs = [output.Name];
        IsPerToken = output.Rank == 3;
        Width = graph.FixedSize(output, "the size of its last axis");
        Graph = TensorBackend.Over(_pool, _pool.File.IsRecurrent);
    }

    public int Width { get; }

    public bool IsPerToken { get; }

    public bool KnowsPadding => _inputs.TellPadding;

    public GraphContract Contract { get; }

    public ITensorBackend Graph { get; }

    public string Device => _pool.Device;

    public float Tolerance => _pool.Tolerance;

    public int Sessions => _pool.Count;

    public int ThreadsPerRun => _pool.ThreadsPerRun;

    public int ConcurrentRuns => _pool.Permits;

    public int LatencyThreads => _pool.LatencyThreads;

    public bool TryOpenLatencySession() => _pool.TryOpenLatency();

    public void CloseLatencySession() => _pool.CloseLatency();

    public void Run(PaddedBatch batch, Span<float> output) => Run(batch, output, latency: false, time: null);

    public void RunOnLatencySession(PaddedBatch batch, Span<float> output) => Run(batch, output, latency: true, time: null);

    public TimeSpan RunTimed(PaddedBatch batch, Span<float> output, bool onLatencySession, TimeProvider time) => Run(batch, output, onLatencySession, time);

    public void Dispose() => _pool.Dispose();

    private TimeSpan Run(PaddedBatch batch, Span<float> output, bool latency, TimeProvider? time)
    {
        using var inputs = _inputs.Of(batch);
        using var lease = _pool.Rent(latency);
        var started = time?.GetTimestamp() ?? 0;
        try
        {
            using var options = SessionLease.NewOptions();
            using var ending = SessionLease.EndWithRun(options);
            using var results = lease.Session.Run(options, _inputs.Names, inputs.Values, _outputs);
            Copy(results[0], batch, output);
            return time?.GetElapsedTime(started) ?? TimeSpan.Zero;
        }
        catch (OnnxRuntimeException e)
        {
            throw new BackendException($"A run of {batch.Rows} rows × {batch.Time} tokens failed: {e.Message}", e);
        }
    }

    private void Copy(OrtValue result, PaddedBatch batch, Span<float> output)
    {
        var type = result.GetTensorTypeAndShape();
        long[] expected = IsPerToken ? [batch.Rows, batch.Time, Width] : [batch.Rows, Width];
        if (!type.Shape.AsSpan().SequenceEqual(expected))
            throw new BackendException($"The graph gave {_outputs[0]} [{string.Join(',', type.Shape)}] for {batch.Rows} rows of {batch.Time} tokens.");
        if (type.ElementDataType == TensorElementType.Float)
            result.GetTensorDataAsSpan<float>().CopyTo(output);
        else
            HalfNumbers.CopyTo(result.GetTensorDataAsSpan<Float16>(), output);
    }
}

/// <summary>Makes the inputs that a graph takes of a batch, in the types that it takes them.</summary>
internal sealed class EncoderInputs
{
    private readonly (string Part, TensorElementType Type)[] _parts;

    /// <summary>Those of a graph whose signature has been checked.</summary>
    public EncoderInputs(OpenGraph graph)
    {
        var parts = graph.Role.Inputs.Where(part => graph.Inputs.ContainsKey(part.Name)).ToList();
        Names = [.. parts.Select(part => part.Name)];
        _parts = [.. parts.Select(part => (part.Part, graph.Inputs[part.Name].ElementDataType))];
    }

    /// <summary>Their names in the graph.</summary>
    public string[] Names { get; }

    /// <summary>Whether they tell the graph which tokens are padding.</summary>
    public bool TellPadding => _parts.Any(part => part.Part is EncoderContract.Lengths or EncoderContract.Mask);

    /// <summary>The inputs of a run. The batch must outlive them.</summary>
    public EncoderValues Of(PaddedBatch batch)
    {
        var values = new EncoderValues(_parts.Length);
        try
        {
            foreach (var (part, type) in _parts)
                Add(values, part, type, batch);
            return values;
        }
        catch
        {
            values.Dispose();
            throw;
        }
    }

    private static void Add(EncoderValues values, string part, TensorElementType type, PaddedBatch batch)
    {
        long[] shape = part == EncoderContract.Lengths ? [batch.Rows] : [batch.Rows, batch.Time];
        switch (part)
        {
            case EncoderContract.Ids:
                values.Add(batch.Ids, type, shape);
                break;
            case EncoderContract.Lengths:
                values.Add(batch.Lengths, type, shape);
                break;
            case EncoderContract.Types:
                values.Add(batch.Types, type, shape);
                break;
            case EncoderContract.Mask:
                values.Add(values.Rent(batch.Ids.Length, batch, FillMask), type, shape);
                break;
            default:
                values.Add(values.Rent(batch.Ids.Length, batch, FillPositions), type, shape);
                break;
        }
    }

    private static void FillMask(Span<long> mask, PaddedBatch batch)
    {
        var lengths = batch.Lengths.Span;
        for (var row = 0; row < batch.Rows; row++)
        {
            var length = (int)lengths[row];
            mask.Slice(row * batch.Time, length).Fill(1);
            mask.Slice((row * batch.Time) + length, batch.Time - length).Clear();
        }
    }

    private static void FillPositions(Span<long> positions, PaddedBatch batch)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            for (var i = 0; i < batch.Time; i++)
                positions[(row * batch.Time) + i] = i;
        }
    }
}

/// <summary>The inputs of one run, and the memory that was rented for them.</summary>
/// <param name="count">How many there will be.</param>
internal sealed class EncoderValues(int count) : IDisposable
{
    private readonly List<OrtValue> _values = new(count);
    private readonly List<long[]> _rented = [];

    /// <summary>The inputs, in the order in which they were added.</summary>
    public IReadOnlyList<OrtValue> Values => _values;

    /// <summary>Memory for numbers that live as long as this.</summary>
    public Memory<long> Rent(int size, PaddedBatch batch, Action<Span<long>, PaddedBatch> fill)
    {
        var memory = Rent(size);
        fill(memory.Span, batch);
        return memory;
    }

    /// <summary>Adds an input of whole numbers, in the type that the graph takes.</summary>
    /// <param name="numbers">The numbers; they live as long as this.</param>
    /// <param name="type">Int64, Int32, Float or Bool.</param>
    /// <param name="shape">The shape.</param>
    public void Add(Memory<long> numbers, TensorElementType type, long[] shape)
    {
        if (type == TensorElementType.Int64)
            _values.Add(OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, numbers, shape));
        else if (type == TensorElementType.Int32)
            Add<int>(numbers.Span, type, shape, TensorPrimitives.ConvertTruncating);
        else if (type == TensorElementType.Float)
            Add<float>(numbers.Span, type, shape, TensorPrimitives.ConvertTruncating);
        else
            Add<bool>(numbers.Span, type, shape, static (from, to) =>
            {
                for (var i = 0; i < from.Length; i++)
                    to[i] = from[i] != 0;
            });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in _values)
            value.Dispose();
        foreach (var memory in _rented)
            ArrayPool<long>.Shared.Return(memory);
        _values.Clear();
        _rented.Clear();
    }

    private void Add<T>(ReadOnlySpan<long> numbers, TensorElementType type, long[] shape, Conversion<T> convert)
        where T : unmanaged
    {
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);
        _values.Add(value);
        convert(numbers, MemoryMarshal.Cast<byte, T>(value.GetTensorMutableRawData()));
    }

    private Memory<long> Rent(int size)
    {
        var memory = ArrayPool<long>.Shared.Rent(size);
        _rented.Add(memory);
        return memory.AsMemory(0, size);
    }

    private delegate void Conversion<T>(ReadOnlySpan<long> from, Span<T> to);
}

/// <summary>Opens graphs that read whole texts.</summary>
internal sealed class EncoderBinding : GraphBinding<IEncoderBackend>
{
    protected override IEncoderBackend Bind(OpenGraphs graphs, DecoderWiring wiring) => new EncoderBackend(graphs);
}
