using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;

namespace SeqServe.TestSupport;

/// <summary>
/// A graph without ONNX Runtime: <c>x [-1,2]</c> → <c>y = x + 1</c>, or what the test says. It can be held up and remembers what it was asked.
/// </summary>
public sealed class FakeTensorBackend : ITensorBackend
{
    private readonly ManualResetEventSlim _gate = new(true);
    private readonly SemaphoreSlim _started = new(0);
    private int _disposals;

    /// <inheritdoc/>
    public TensorSignature Signature { get; init; } =
        new([new TensorSpec("x", TensorDatatype.Fp32, [-1, 2])], [new TensorSpec("y", TensorDatatype.Fp32, [-1, 2])]);

    /// <inheritdoc/>
    public bool IsRecurrent { get; init; }

    /// <inheritdoc/>
    public string? MixesRows { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<InputDivision> Divisions { get; init; } = [];

    /// <inheritdoc/>
    public string Device => "cpu";

    /// <inheritdoc/>
    public int Sessions => 1;

    /// <summary>Computes the outputs, all of the signature's, from the inputs.</summary>
    public Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Answer { get; set; } = AddOne;

    /// <summary>Called in each run, once it is no longer held up.</summary>
    public Action? OnRun { get; set; }

    /// <summary>The shape of the first input of each run so far.</summary>
    public ConcurrentQueue<long[]> Runs { get; } = new();

    /// <summary>Outputs that were handed out and not yet disposed.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    private int _outstanding;

    /// <summary>How often it was disposed.</summary>
    public int Disposals => Volatile.Read(ref _disposals);

    /// <summary>Holds up runs until <see cref="Open"/>.</summary>
    public void Close() => _gate.Reset();

    /// <summary>Lets runs go on.</summary>
    public void Open() => _gate.Set();

    /// <summary>Forgets the runs so far.</summary>
    public void Forget()
    {
        Runs.Clear();
        while (Disposals == 0 && _started.Wait(0))
        {
        }
    }

    /// <summary>Waits until one more run has begun.</summary>
    public void AwaitStart() => Patience.Wait(_started);

    /// <inheritdoc/>
    public TensorOutputs Run(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Runs.Enqueue([.. inputs[0].Shape]);
        _started.Release();
        Patience.Wait(_gate);
        OnRun?.Invoke();
        var all = Answer(inputs);
        Interlocked.Increment(ref _outstanding);
        return new TensorOutputs([.. outputs.Select(name => all.Single(t => t.Name == name))], new Owner(this));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Increment(ref _disposals) > 1)
            return;
        _gate.Dispose();
        _started.Dispose();
    }

    private static IReadOnlyList<Tensor> AddOne(IReadOnlyList<Tensor> inputs)
    {
        var values = MemoryMarshal.Cast<byte, float>(inputs[0].Data.Span).ToArray();
        for (var i = 0; i < values.Length; i++)
            values[i]++;
        return [new Tensor("y", TensorDatatype.Fp32, inputs[0].Shape, MemoryMarshal.AsBytes<float>(values).ToArray())];
    }

    private sealed class Owner(FakeTensorBackend backend) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref backend._outstanding);
    }
}
