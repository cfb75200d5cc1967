using System.Runtime.InteropServices;
using System.Text;
using SeqServe.Core.Backends;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tensors;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Tensors;

public sealed class TensorBackendTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Numbers of the element types in onnx.proto.
    [Theory]
    [InlineData(TensorDatatype.Fp32, 1)]
    [InlineData(TensorDatatype.Uint8, 2)]
    [InlineData(TensorDatatype.Int8, 3)]
    [InlineData(TensorDatatype.Uint16, 4)]
    [InlineData(TensorDatatype.Int16, 5)]
    [InlineData(TensorDatatype.Int32, 6)]
    [InlineData(TensorDatatype.Int64, 7)]
    [InlineData(TensorDatatype.Bool, 9)]
    [InlineData(TensorDatatype.Fp16, 10)]
    [InlineData(TensorDatatype.Fp64, 11)]
    [InlineData(TensorDatatype.Uint32, 12)]
    [InlineData(TensorDatatype.Uint64, 13)]
    [InlineData(TensorDatatype.Bf16, 16)]
    public void Run_OfEveryDatatype_KeepsEveryByte(TensorDatatype datatype, int type)
    {
        using var backend = Open(OnnxGraph.Identity([new("x", type, 0, 2)], (new("y", type, 0, 2), "x")));
        var bytes = Enumerable.Range(0, 6 * datatype.ElementSize()).Select(i => (byte)(datatype == TensorDatatype.Bool ? i % 2 : (i * 37) + 1)).ToArray();

        using var outputs = backend.Run([new Tensor("x", datatype, [3, 2], bytes)], ["y"]);

        var output = Assert.Single(outputs.Tensors);
        Assert.Equal(new TensorSpec("x", datatype, [-1, 2]).ToString(), backend.Signature.Inputs[0].ToString());
        Assert.Equal(("y", datatype), (output.Name, output.Datatype));
        Assert.Equal([3L, 2], output.Shape);
        Assert.Equal(bytes, output.Data.ToArray());
    }

    [Fact]
    public void Run_OfStrings_KeepsThemByteForByte()
    {
        using var backend = Open(OnnxGraph.Identity([new("x", OnnxGraph.StringType, 0)], (new("y", OnnxGraph.StringType, 0), "x")));
        byte[][] strings = [Encoding.UTF8.GetBytes("déjà vu 你好"), [], [0xFF, 0, 0xFE]];

        using var outputs = backend.Run([new Tensor("x", [3], [.. strings.Select(s => (ReadOnlyMemory<byte>)s)])], ["y"]);

        Assert.Equal(strings, outputs.Tensors[0].Strings.Select(s => s.ToArray()));
    }

    [Fact]
    public void Run_AfterOneOfUnusualSize_HasItsMemoryGivenBack()
    {
        const long Rows = 1 << 16;
        const long Columns = 1 << 10;
        OnnxTensor[] inputs = [new("x", OnnxGraph.FloatType, 0), new("shape", OnnxGraph.LongType, 0)];
        using var backend = Open(OnnxGraph.Of(inputs, [new("y", OnnxGraph.FloatType, null)], [new OnnxNode("Expand", ["x", "shape"], ["y"])]));
        void Expand(params long[] shape)
        {
            var sizes = new Tensor("shape", TensorDatatype.Int64, [shape.Length], MemoryMarshal.AsBytes(shape.AsSpan()).ToArray());
            backend.Run([new Tensor("x", TensorDatatype.Fp32, [1], new byte[4]), sizes], ["y"]).Dispose();
        }

        Expand(1);

        Expand(Rows, Columns);
        var large = Environment.WorkingSet;
        Expand(1);

        // Half of it, since other tests take and give memory meanwhile.
        Assert.True(Environment.WorkingSet < large - (Rows * Columns * sizeof(float) / 2));
    }

    [Fact]
    public void Run_Scalar_HasNoAxes()
    {
        using var backend = Open(OnnxGraph.Identity([new("x", OnnxGraph.FloatType)], (new("y", OnnxGraph.FloatType), "x")));

        using var outputs = backend.Run([new Tensor("x", TensorDatatype.Fp32, [], BitConverter.GetBytes(2.5f))], ["y"]);

        Assert.Empty(outputs.Tensors[0].Shape);
        Assert.Equal(2.5f, BitConverter.ToSingle(outputs.Tensors[0].Data.Span));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(2, 0)]
    public void Run_OfNoElements_GivesNone(long rows, long columns)
    {
        using var backend = Open(OnnxGraph.Identity([new("x", OnnxGraph.FloatType, 0, 0)], (new("y", OnnxGraph.FloatType, 0, 0), "x")));

        using var outputs = backend.Run([new Tensor("x", TensorDatatype.Fp32, [rows, columns], default)], ["y"]);

        Assert.Equal([rows, columns], outputs.Tensors[0].Shape);
        Assert.True(outputs.Tensors[0].Data.IsEmpty);
    }

    [Theory]
    [InlineData("hidden.1")]
    [InlineData("onnx::Flatten_0")]
    [InlineData("{\"name\": \"x\", \"shape\": [1]}")]
    [InlineData("été 你好")]
    public void Run_OddNames_AreNames(string name)
    {
        using var backend = Open(OnnxGraph.Identity([new(name, OnnxGraph.FloatType, 0)], (new($"out {name}", OnnxGraph.FloatType, 0), name)));

        using var outputs = backend.Run([new Tensor(name, TensorDatatype.Fp32, [1], new byte[4])], [$"out {name}"]);

        Assert.Equal($"out {name}", outputs.Tensors[0].Name);
    }

    [Fact]
    public void Run_GraphWhoseShapesAreNotDeclared_ReportsTheRealOnes()
    {
        var node = new OnnxNode("Shape", ["x"], ["y"]);
        using var backend = Open(OnnxGraph.Of([new("x", OnnxGraph.FloatType, null)], [new("y", OnnxGraph.LongType, null)], [node]));

        using var outputs = backend.Run([new Tensor("x", TensorDatatype.Fp32, [1, 2, 3], new byte[24])], ["y"]);

        Assert.Null(backend.Signature.Inputs[0].Shape);
        Assert.Equal([3L], outputs.Tensors[0].Shape);
    }

    [Fact]
    public void Run_ThatFails_IsABackendsFailureAndTheNextSucceeds()
    {
        OnnxTensor[] inputs = [new("x", OnnxGraph.FloatType, 0), new("i", OnnxGraph.LongType, 0)];
        using var backend = Open(OnnxGraph.Of(inputs, [new("y", OnnxGraph.FloatType, 0)], [new OnnxNode("Gather", ["x", "i"], ["y"])]));
        Tensor Index(long index) => new("i", TensorDatatype.Int64, [1], BitConverter.GetBytes(index));
        var x = new Tensor("x", TensorDatatype.Fp32, [1], new byte[4]);

        Assert.Contains("graph.onnx", Assert.Throws<BackendException>(() => backend.Run([x, Index(7)], ["y"])).Message, StringComparison.Ordinal);

        using var outputs = backend.Run([x, Index(0)], ["y"]);
        Assert.Equal(1, outputs.Tensors[0].Elements);
    }

    [Fact]
    public void Open_FileThatIsNoGraph_SaysSo()
    {
        var refusal = Assert.Throws<BackendException>(() => Open("no graph"u8.ToArray()));

        Assert.Contains("cannot be opened", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Relu", true)]
    [InlineData("Softmax", false)]
    [InlineData("CumSum", false)]
    public void Probe_OfAGraph_FindsOutWhetherRowsAreIndependent(string @operator, bool expected)
    {
        var node = @operator switch
        {
            "Softmax" => new OnnxNode("Softmax", ["x"], ["y"]) { Attributes = new Dictionary<string, object> { ["axis"] = 0L } },
            "CumSum" => new OnnxNode("CumSum", ["x", "axis"], ["y"]),
            _ => new OnnxNode(@operator, ["x"], ["y"]),
        };
        OnnxTensor[] inputs = [new("x", OnnxGraph.FloatType, 0, 3)];
        using var backend = Open(OnnxGraph.Of(inputs, [new("y", OnnxGraph.FloatType, 0, 3)], [node], new OnnxWeights("axis", [], 0L)));

        Assert.Equal(expected, TensorProbe.Judge(backend, TimeProvider.System).IsBatched);
    }

    [Fact]
    public void Probe_OfAScaleOverTheBatchBehindWholeNumbers_IsDecidedByTheReading()
    {
        OnnxNode ArgMax(string from) => new("ArgMax", [from], ["y"]) { Attributes = new Dictionary<string, object> { ["axis"] = 1L, ["keepdims"] = 0L } };
        OnnxNode[] quantized = [new("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]), new("DequantizeLinear", ["q", "s", "z"], ["f"]), ArgMax("f")];
        OnnxTensor[] inputs = [new("x", OnnxGraph.FloatType, 0, 4)];
        OnnxTensor[] outputs = [new("y", OnnxGraph.LongType, 0)];

        using (var backend = Open(OnnxGraph.Of(inputs, outputs, quantized)))
        {
            Assert.Equal(
                "Requests are run one by one: DynamicQuantizeLinear takes its scale over all rows.", TensorProbe.Judge(backend, TimeProvider.System).Reason);
        }

        using (var backend = Open(OnnxGraph.Of(inputs, outputs, [ArgMax("x")])))
            Assert.True(TensorProbe.Judge(backend, TimeProvider.System).IsBatched);
    }

    [Fact]
    public void Probe_OfRootsThatAreNoNumbers_IsBatched()
    {
        using var backend = Open(OnnxGraph.Of(
            [new("x", OnnxGraph.FloatType, 0, 2)], [new("y", OnnxGraph.FloatType, 0, 2)], [new OnnxNode("Sqrt", ["x"], ["y"])]));

        Assert.Equal(RowVerdict.Batched, TensorProbe.Judge(backend, TimeProvider.System));
    }

    [Fact]
    public void Probe_OfAnEmbeddingOfFewIds_IsBatched()
    {
        using var backend = Open(OnnxGraph.Of(
            [new("ids", OnnxGraph.LongType, 0, 0)], [new("y", OnnxGraph.FloatType, 0, 0, 2)], [new OnnxNode("Gather", ["table", "ids"], ["y"])],
            new OnnxWeights("table", [3, 2], 1f, 2f, 3f, 4f, 5f, 6f)));

        Assert.Equal(RowVerdict.Batched, TensorProbe.Judge(backend, TimeProvider.System));
    }

    [Fact]
    public void NeedsElements_OfTheInputsOfAGraph_IsWhatItsFileSays()
    {
        OnnxTensor[] inputs = [new("x", OnnxGraph.FloatType, 0, 0, 4), new("cache", OnnxGraph.FloatType, 0, 0, 4)];
        var lstm = new OnnxNode("LSTM", ["x", "w", "w"], ["l"]) { Attributes = new Dictionary<string, object> { ["hidden_size"] = 4L } };
        var join = new OnnxNode("Concat", ["cache", "x"], ["y"]) { Attributes = new Dictionary<string, object> { ["axis"] = 1L } };
        using var backend = Open(OnnxGraph.Of(inputs, [new("y", OnnxGraph.FloatType, 0, 0, 4)], [lstm, join], new OnnxWeights("w", [1, 16, 4], new float[64])));

        Assert.Equal([true, false], backend.Signature.Inputs.Select(backend.NeedsElements));
    }

    [Fact]
    public void Probe_OfAFixedBatch_SaysAlone()
    {
        using var backend = Open(OnnxGraph.Identity([new("x", OnnxGraph.FloatType, 1, 3)], (new("y", OnnxGraph.FloatType, 1, 3), "x")));

        Assert.False(TensorProbe.Judge(backend, TimeProvider.System).IsBatched);
    }

    [Fact]
    public void Probe_OfAnAxisThatIsNoBatch_SaysAlone()
    {
        var sum = new OnnxNode("ReduceMax", ["x"], ["y"]) { Attributes = new Dictionary<string, object> { ["keepdims"] = 1L, ["axes"] = new long[] { 0 } } };
        using var backend = Open(OnnxGraph.Of([new("x", OnnxGraph.FloatType, 0, 3)], [new("y", OnnxGraph.FloatType, 0, 3)], [sum]));

        Assert.False(TensorProbe.Judge(backend, TimeProvider.System).IsBatched);
    }

    private ITensorBackend Open(byte[] graph)
    {
        File.WriteAllBytes(_folder.Of("graph.onnx"), graph);
        return OnnxBackends.Factory().Open<ITensorBackend>(new GraphSet(GraphContract.Any, _folder.Of("graph.onnx")));
    }
}
