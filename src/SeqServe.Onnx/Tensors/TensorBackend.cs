using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Files;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Tensors;

/// <summary>A graph of any kind, on sessions of its own or on those of a text model.</summary>
/// <param name="pool">The sessions.</param>
/// <param name="ownsPool">Whether they are disposed with this.</param>
/// <param name="signature">What the graph takes and gives.</param>
/// <param name="isRecurrent">Whether an empty batch would end the process.</param>
/// <param name="file">What its file says of inputs and rows; null for the graph of a text model, whose contract says it.</param>
internal sealed class TensorBackend(SessionPool pool, bool ownsPool, TensorSignature signature, bool isRecurrent, GraphFile? file = null) : ITensorBackend
{
    private readonly OutlierMemory _memory = new(pool.Arenas, pool.IsBounded);

    public TensorSignature Signature => signature;

    public bool IsRecurrent => isRecurrent;

    // The contract of a text model says where its rows lie, so that a doubt of the reading is none.
    public string? MixesRows => file is not null ? file.Mixes : pool.File.IsMixingDoubtful ? null : pool.File.Mixes;

    public string Device => pool.Device;

    public int Sessions => pool.Count;

    public int ThreadsPerRun => pool.ThreadsPerRun;

    public int ConcurrentRuns => pool.Permits;

    /// <summary>A graph of its own, which owns the pool from then on.</summary>
    /// <exception cref="BackendException">An input is no tensor, or no output is one.</exception>
    public static TensorBackend Owning(SessionPool pool) =>
        new(pool, ownsPool: true, GraphSignature.Read(pool.First, pool.File.Name, pool.File.IsShapeless), pool.File.IsRecurrent, pool.File);

    /// <summary>The graph of a text model, whose contract declares every shape. Whoever opened the pool keeps it.</summary>
    public static TensorBackend Over(SessionPool pool, bool isRecurrent) =>
        new(pool, ownsPool: false, GraphSignature.Read(pool.First, pool.File.Name, static _ => false), isRecurrent);

    public IReadOnlyList<InputDivision> Divisions => file?.Divisions ?? [];

    public bool NeedsElements(TensorSpec input) => file?.NeedsElements(input.Name) ?? isRecurrent;

    public TensorOutputs Run(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs)
    {
        using var values = new InputValues(inputs);
        using var lease = pool.Rent();
        try
        {
            using var options = _memory.NextRun();
            using var ending = SessionLease.EndWithRun(options);
            var results = lease.Session.Run(options, values.Names, values.Values, outputs);
            return Read(results, outputs, inputs.Sum(static input => input.Size));
        }
        catch (OnnxRuntimeException e)
        {
            var shapes = string.Join(", ", inputs.Select(i => $"{i.Name} {TensorShapes.ToText(i.Shape)}"));
            throw RunFaults.Of(e, $"{pool.File.Name} over {shapes}", pool.File.InputsOf);
        }
    }

    public void Dispose()
    {
        if (ownsPool)
            pool.Dispose();
    }

    private TensorOutputs Read(IDisposableReadOnlyCollection<OrtValue> results, IReadOnlyList<string> names, long inputBytes)
    {
        try
        {
            var tensors = new Tensor[names.Count];
            for (var i = 0; i < tensors.Length; i++)
                tensors[i] = Read(results[i], names[i]);
            return new TensorOutputs(tensors, _memory.Watch(results, inputBytes + tensors.Sum(static tensor => tensor.Size)));
        }
        catch
        {
            results.Dispose();
            throw;
        }
    }

    private static Tensor Read(OrtValue value, string name)
    {
        var type = value.GetTensorTypeAndShape();
        var datatype = type.ElementDataType.ToDatatype() ?? throw new BackendException($"Output {name} is a tensor of {type.ElementDataType}.");
        if (datatype != TensorDatatype.Bytes)
        {
            var bytes = type.ElementCount * datatype.ElementSize();
            return bytes <= Array.MaxLength
                ? new Tensor(name, datatype, type.Shape, new OutputMemory(value, (int)bytes).Memory)
                : throw new BackendException($"Output {name} has {bytes} bytes.")
                {
                    InputFault = string.Create(
                        CultureInfo.InvariantCulture, $"output \"{name}\" has {bytes:N0} bytes for these, which no answer can carry"),
                };
        }

        var strings = new ReadOnlyMemory<byte>[type.ElementCount];
        for (var i = 0; i < strings.Length; i++)
            strings[i] = value.GetStringElementAsSpan(i).ToArray();
        return new Tensor(name, type.Shape, strings);
    }
}

/// <summary>Opens graphs of any kind.</summary>
internal sealed class TensorBinding : GraphBinding<ITensorBackend>
{
    protected override bool IsBounded => true;

    protected override ITensorBackend Bind(OpenGraphs graphs, DecoderWiring wiring) => TensorBackend.Owning(graphs.Single.Pool);
}
