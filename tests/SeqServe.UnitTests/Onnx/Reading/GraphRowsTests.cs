using SeqServe.TestSupport.Onnx;
using static SeqServe.UnitTests.Onnx.Reading.ReadGraphs;

namespace SeqServe.UnitTests.Onnx.Reading;

public class GraphRowsTests
{
    private static readonly OnnxTensor s_lengths = new("n", OnnxGraph.LongType, 0);
    private static readonly OnnxTensor s_ids = new("ids", OnnxGraph.LongType, 0, 0);
    private static readonly OnnxWeights s_square = new("w", [4, 4], new float[16]);
    private static readonly OnnxWeights s_bias = new("b", [4], new float[4]);
    private static readonly OnnxWeights s_zero = Whole("zero", 0);
    private static readonly OnnxWeights s_one = Whole("one", 1);

    [Theory]
    [InlineData("DynamicQuantizeLinear", "takes its scale over all rows")]
    [InlineData("NonZero", "as many elements as all rows together")]
    [InlineData("Unique", "as many elements as all rows together")]
    [InlineData("Bernoulli", "draws random numbers")]
    [InlineData("RandomNormalLike", "draws random numbers")]
    [InlineData("RandomNormal", "draws random numbers")]
    [InlineData("ReduceMax", "goes along the rows")]
    [InlineData("Nobody", "is an operator of which it is not known")]
    public void Mixes_OfAnOperatorOverTheBatch_SaysWhich(string @operator, string expected)
    {
        var mixes = Mixes([X], Node(@operator, @operator == "RandomNormal" ? [] : ["x"], ["a"]), Node("Add", ["x", "a"], ["y"]));

        Assert.StartsWith(@operator, mixes, StringComparison.Ordinal);
        Assert.Contains(expected, mixes, StringComparison.Ordinal);
    }

    [Fact]
    public void Mixes_OfAQuantizedProductOfAnotherDomain_IsFound() =>
        Assert.NotNull(Mixes([X], new OnnxNode("DynamicQuantizeMatMul", ["x", "w"], ["y"]) { Domain = "com.microsoft" }));

    [Theory]
    [InlineData("Softmax")]
    [InlineData("LogSoftmax")]
    [InlineData("LpNormalization")]
    [InlineData("LayerNormalization")]
    [InlineData("TopK")]
    [InlineData("ArgMax")]
    public void Mixes_OfAnOperatorAlongAnAxis_IsThatOfTheRows(string @operator)
    {
        OnnxNode[] Nodes(long axis) => [Node(@operator, @operator == "TopK" ? ["x", "one"] : ["x"], ["y"], ("axis", axis))];

        Assert.Null(Mixes([X], Nodes(-1)));
        Assert.Null(Mixes([X], Nodes(1)));
        Assert.Contains("along the rows", Mixes([X], Nodes(0)), StringComparison.Ordinal);
        Assert.Contains("along the rows", Mixes([X], Nodes(-3)), StringComparison.Ordinal);
    }

    [Fact]
    public void Mixes_OfACumulatedSum_IsThatOfItsAxis()
    {
        Assert.Null(Mixes([X], Node("CumSum", ["x", "one"], ["y"])));
        Assert.NotNull(Mixes([X], Node("CumSum", ["x", "zero"], ["y"])));
        Assert.NotNull(Mixes([X, s_lengths], Node("CumSum", ["x", "n"], ["y"])));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public void Mixes_OfAStatistic_IsThatOfItsAxes(long axis, bool isApart) => Assert.Equal(
        isApart,
        Mixes([X], Node("ReduceMean", ["x"], ["m"], ("axes", new[] { axis })), Node("Sub", ["x", "m"], ["y"])) is null);

    [Fact]
    public void Mixes_OfNormalizationInTraining_IsFound()
    {
        string[] inputs = ["x", "b", "b", "b", "b"];

        Assert.Null(Mixes([Table], Node("BatchNormalization", inputs, ["y"])));
        Assert.NotNull(Mixes([Table], Node("BatchNormalization", inputs, ["y", "m", "v"], ("training_mode", 1L))));
    }

    [Fact]
    public void Mixes_OfRowsCutToTheLongest_IsFound() => Assert.StartsWith(
        "ReduceMax",
        Mixes([X, s_lengths], Node("ReduceMax", ["n"], ["m"], ("keepdims", 1L)), Node("Slice", ["x", "zero", "m", "one"], ["y"])),
        StringComparison.Ordinal);

    [Fact]
    public void Mixes_OfRowsRelativeToTheLongest_IsFound() => Assert.StartsWith(
        "ReduceMax",
        Mixes([X, s_lengths], Node("ReduceMax", ["n"], ["m"]), Node("Cast", ["m"], ["f"], ("to", 1L)), Node("Div", ["x", "f"], ["y"])),
        StringComparison.Ordinal);

    [Fact]
    public void Mixes_OfAllRowsShapedByOne_IsFound() =>
        Assert.Contains("by the values of some", Mixes([X, s_lengths], Node("Slice", ["x", "zero", "n", "one"], ["y"])), StringComparison.Ordinal);

    [Fact]
    public void Mixes_OfTheNumberOfRows_IsFound()
    {
        OnnxNode[] count = [Node("Shape", ["x"], ["s"]), Node("Gather", ["s", "zero"], ["c"]), Node("Cast", ["c"], ["f"], ("to", 1L))];

        Assert.Contains("number of rows", Mixes([X], [.. count, Node("Div", ["x", "f"], ["y"])]), StringComparison.Ordinal);
        Assert.Contains(
            "numbers the rows", Mixes([X], [.. count, Node("Squeeze", ["c"], ["q"]), Node("Range", ["o", "q", "i"], ["y"])]), StringComparison.Ordinal);
    }

    [Fact]
    public void Mixes_OfEveryRowWithEveryOther_IsFound()
    {
        Assert.NotNull(Mixes([Table], Node("Transpose", ["x"], ["t"]), Node("MatMul", ["x", "t"], ["y"])));
        Assert.NotNull(Mixes([Table], Node("Transpose", ["x"], ["t"]), Node("MatMul", ["t", "x"], ["y"])));
        Assert.NotNull(Mixes([Table], Node("Unsqueeze", ["x", "zero"], ["u"]), Node("Unsqueeze", ["x", "one"], ["v"]), Node("Sub", ["u", "v"], ["y"])));
        Assert.NotNull(Mixes([Table], Node("Gather", ["x", "zero"], ["y"])));
        Assert.NotNull(Mixes([Table], Node("Concat", ["x", "x"], ["y"], ("axis", 0L))));
        Assert.NotNull(Mixes([X], Node("Reshape", ["x", "turned"], ["y"])));
    }

    [Fact]
    public void Mixes_OfSequencesAlongTheRows_IsFound()
    {
        OnnxWeights weights = new("k", [1, 16, 4], new float[64]);

        Assert.NotNull(Mixes([X], [Node("LSTM", ["x", "k", "k"], ["y"], ("hidden_size", 4L))], weights));
        Assert.Null(Mixes(
            [X],
            [
                Node("Transpose", ["x"], ["t"], ("perm", new long[] { 1, 0, 2 })), Node("LSTM", ["t", "k", "k"], ["l"], ("hidden_size", 4L)),
                Node("Squeeze", ["l", "one"], ["q"]), Node("Transpose", ["q"], ["y"], ("perm", new long[] { 1, 0, 2 })),
            ],
            weights));
    }

    [Fact]
    public void Mixes_OfAPerceptron_IsNone() => Assert.Null(Mixes(
        [Table], Node("Gemm", ["x", "w", "b"], ["a"], ("transB", 1L)), Node("Relu", ["a"], ["r"]), Node("MatMul", ["r", "w"], ["m"]),
        Node("Add", ["m", "b"], ["l"]), Node("Softmax", ["l"], ["y"], ("axis", -1L))));

    [Fact]
    public void Mixes_OfASquareRoot_IsNone() => Assert.Null(Mixes([Table], Node("Sqrt", ["x"], ["y"])));

    [Fact]
    public void Mixes_OfAnEmbedding_IsNone() => Assert.Null(Mixes([s_ids], Node("Gather", ["w", "ids"], ["y"])));

    [Fact]
    public void Mixes_OfATransformer_IsNone() => Assert.Null(Mixes(
        [s_ids],
        Node("Gather", ["w", "ids"], ["x"]), Node("Shape", ["x"], ["s"]), Node("Gather", ["s", "zero"], ["rows"]), Node("Gather", ["s", "one"], ["time"]),
        Node("Concat", ["rows", "time", "two", "two"], ["apart"], ("axis", 0L)), Node("Concat", ["rows", "rest", "four"], ["joined"], ("axis", 0L)),
        Node("MatMul", ["x", "w"], ["q0"]), Node("Reshape", ["q0", "apart"], ["q1"]), Node("Transpose", ["q1"], ["q"], ("perm", new long[] { 0, 2, 1, 3 })),
        Node("Transpose", ["q1"], ["k"], ("perm", new long[] { 0, 2, 3, 1 })), Node("MatMul", ["q", "k"], ["scores"]),
        Node("Softmax", ["scores"], ["weights"], ("axis", -1L)), Node("MatMul", ["weights", "q"], ["heads"]),
        Node("Transpose", ["heads"], ["merged"], ("perm", new long[] { 0, 2, 1, 3 })), Node("Reshape", ["merged", "joined"], ["attended"]),
        Node("Add", ["x", "attended"], ["sum"]), Node("LayerNormalization", ["sum", "b", "b"], ["norm"], ("axis", -1L)),
        Node("Reshape", ["norm", "flat"], ["tokens"]), Node("Gemm", ["tokens", "w"], ["f"]), Node("Reshape", ["f", "joined"], ["y"])));

    [Fact]
    public void Mixes_OfAMeanOverTheTimeOfEachRow_IsNone() => Assert.Null(Mixes(
        [X, s_lengths], Node("ReduceSum", ["x", "one"], ["m"], ("keepdims", 0L)), Node("Cast", ["n"], ["f"], ("to", 1L)),
        Node("Unsqueeze", ["f", "one"], ["u"]), Node("Div", ["m", "u"], ["y"])));

    [Fact]
    public void Mixes_OfAnOutputThatIsNoTensor_DoesNotCount()
    {
        var graph = OnnxGraph.Of([Table], [Y, new("z", 0, null)], [Node("Sqrt", ["x"], ["y"]), Node("ZipMap", ["y"], ["z"])]);

        Assert.Null(ReadGraphs.Read(graph).Mixes);
    }

    [Fact]
    public void Mixes_OfPositionsCountedByOnes_IsNone() => Assert.Null(Mixes(
        [s_ids], Node("Shape", ["ids"], ["s"]), Node("Gather", ["s", "one"], ["t"]), Node("ConstantOfShape", ["t"], ["ones"], ("value", Whole("v", 1))),
        Node("NonZero", ["ones"], ["p"]), Node("Add", ["ids", "p"], ["y"])));

    // As PyTorch's exporter writes x.expand(B, 1, 4): sizes of -1 are those of x.
    [Fact]
    public void Mixes_OfAnExpansionToSizesOfTheBatch_IsNone() => Assert.Null(Mixes(
        [Table],
        Node("Unsqueeze", ["x", "one"], ["x3"]),
        Node("Shape", ["x"], ["size"]),
        Node("Gather", ["size", "zero"], ["rows"]),
        Node("Concat", ["rows", "one", "four"], ["sizes"], ("axis", 0L)),
        Node("Reshape", ["sizes", "rest"], ["list"]),
        Node("Shape", ["list"], ["count"]),
        Node("ConstantOfShape", ["count"], ["ones"], ("value", Whole("v", 1))),
        Node("Mul", ["ones", "rest"], ["absent"]),
        Node("Equal", ["list", "absent"], ["isAbsent"]),
        Node("Where", ["isAbsent", "ones", "list"], ["target"]),
        Node("Expand", ["x3", "target"], ["y"])));

    [Fact]
    public void Mixes_OfWhatReachesNoOutput_DoesNotCount() => Assert.Null(Mixes([Table], Node("NonZero", ["x"], ["z"]), Node("Sqrt", ["x"], ["y"])));

    [Fact]
    public void Mixes_OfAnOutputWithoutRows_IsFound() => Assert.NotNull(Mixes([Table], Node("Shape", ["x"], ["y"])));

    private static string? Mixes(OnnxTensor[] inputs, params OnnxNode[] nodes) => Mixes(inputs, nodes, s_square);

    private static string? Mixes(OnnxTensor[] inputs, OnnxNode[] nodes, OnnxWeights weights) => ReadGraphs.Read(
        inputs, nodes, weights, s_bias, s_zero, s_one, Whole("two", 2), Whole("four", 4), Whole("rest", -1), Whole("flat", -1, 4), Whole("turned", 4, 3, -1),
        new("o", [], 0L), new("i", [], 1L)).Mixes;
}
