using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Decoding;

/// <summary>An encoder as other frameworks export it: sources and their mask → numbers of each token of them, <c>[B,S,H]</c>.</summary>
internal sealed class ExportedEncoder
{
    private readonly OpenGraph _graph;
    private readonly IReadOnlyList<GraphPart> _inputs;
    private readonly string _output;

    /// <summary>Reads and checks the graph's signature.</summary>
    /// <exception cref="BackendException">The signature differs from what the contract says.</exception>
    public ExportedEncoder(OpenGraph graph)
    {
        _graph = graph;
        _inputs = graph.InputParts(DecoderWiring.None);
        var output = graph.Role.Output(TranslatorContract.Hidden);
        SignatureCheck.Run(graph, _inputs, [output]);
        if (!_inputs.Any(static part => part.Part is TranslatorContract.SourceLengths or TranslatorContract.SourceMask))
        {
            throw new BackendException(
                $"{graph.File} takes neither {TranslatorContract.SourceLengths} nor {TranslatorContract.SourceMask}, so that nothing tells it which tokens are "
                + "padding; export it with its attention_mask.");
        }

        _output = output.Name;
        Type = graph.Outputs[_output].ElementDataType;
        Size = graph.FixedSize(output, "the size of its last axis");
    }

    /// <summary>Numbers H of each token.</summary>
    public int Size { get; }

    /// <summary>Float or Float16.</summary>
    public TensorElementType Type { get; }

    /// <summary>Runs the graph on the calling thread.</summary>
    /// <param name="sources">Ids and lengths.</param>
    /// <param name="options">Of the run.</param>
    /// <param name="take">Receives the numbers, <c>[B,S,H]</c>, as bytes; valid during the call.</param>
    /// <exception cref="BackendException">The run failed, or a number is not finite.</exception>
    public void Run(PaddedBatch sources, RunOptions options, BytesTaker take)
    {
        var inputs = _inputs.Select(part => Of(part, sources)).ToList();
        using var binding = new BoundInputs(inputs);
        using var lease = _graph.Pool.Rent();
        try
        {
            using var ending = SessionLease.EndWithRun(options);
            using var outputs = lease.Session.Run(options, binding.Side.Names, binding.Side.Values, [_output]);
            Check(outputs[0], sources);
            take(Type == TensorElementType.Float
                ? MemoryMarshal.AsBytes(outputs[0].GetTensorDataAsSpan<float>())
                : MemoryMarshal.AsBytes(outputs[0].GetTensorDataAsSpan<Float16>()));
        }
        catch (OnnxRuntimeException e)
        {
            throw new BackendException($"A run of {_graph.File} over {sources.Rows} rows × {sources.Time} tokens failed: {e.Message}", e);
        }
    }

    private void Check(OrtValue output, PaddedBatch sources)
    {
        var shape = output.GetTensorTypeAndShape().Shape;
        if (!shape.AsSpan().SequenceEqual([sources.Rows, sources.Time, Size]))
            throw new BackendException($"{_graph.File} gave {_output} [{string.Join(',', shape)}] for {sources.Rows} rows of {sources.Time} tokens.");
        if (Type == TensorElementType.Float && !TensorPrimitives.IsFiniteAll(output.GetTensorDataAsSpan<float>()))
            throw new BackendException($"The encoder computed a value of {_output} that is not finite.");
    }

    private (NumberInput Input, int Count, long[] Shape) Of(GraphPart part, PaddedBatch sources)
    {
        var input = new NumberInput(part.Name, _graph.Inputs[part.Name].ElementDataType);
        var count = part.Part == TranslatorContract.SourceLengths ? sources.Rows : sources.Rows * sources.Time;
        var numbers = input.Numbers(count);
        switch (part.Part)
        {
            case TranslatorContract.Source:
                sources.Ids.Span.CopyTo(numbers);
                break;
            case TranslatorContract.SourceLengths:
                sources.Lengths.Span.CopyTo(numbers);
                break;
            default:
                numbers.Clear();
                for (var row = 0; row < sources.Rows; row++)
                    numbers.Slice(row * sources.Time, (int)sources.Lengths.Span[row]).Fill(1);
                break;
        }

        return (input, count, part.Part == TranslatorContract.SourceLengths ? [sources.Rows] : [sources.Rows, sources.Time]);
    }

    /// <summary>Receives bytes.</summary>
    public delegate void BytesTaker(ReadOnlySpan<byte> bytes);

    private sealed class BoundInputs : IDisposable
    {
        private readonly List<(NumberInput Input, int Count, long[] Shape)> _inputs;

        public BoundInputs(List<(NumberInput Input, int Count, long[] Shape)> inputs)
        {
            _inputs = inputs;
            foreach (var (input, count, shape) in inputs)
                input.Bind(Side, count, shape);
        }

        public Binding Side { get; } = new();

        public void Dispose()
        {
            Side.Clear();
            foreach (var (input, _, _) in _inputs)
                input.Dispose();
        }
    }
}
