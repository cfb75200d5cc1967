using SeqServe.Core.Backends;
using SeqServe.Onnx.Files;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;
using static SeqServe.UnitTests.Onnx.Reading.ReadGraphs;

namespace SeqServe.UnitTests.Onnx.Reading;

public class GraphHazardTests
{
    private static readonly OnnxTensor s_divisor = new("d", OnnxGraph.LongType, 0);
    private static readonly OnnxWeights s_zero = Whole("zero", 0);
    private static readonly OnnxWeights s_one = Whole("one", 1);

    public static TheoryData<string> ShippedGraphs => [.. Directory.EnumerateFiles(RepositoryRoot.Models, "*.onnx", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(RepositoryRoot.Models, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(ShippedGraphs))]
    public void Hazard_OfAShippedGraph_IsNone(string path)
    {
        var file = GraphFile.Read(Path.Combine(RepositoryRoot.Models, path));

        Assert.Equal((null, null, null), (file.Damage, file.Hazard, file.Mixes));
    }

    [Theory]
    [InlineData("Div")]
    [InlineData("Mod")]
    public void Hazard_OfADivisorThatIsSent_NamesOperatorAndInputs(string @operator)
    {
        var hazard = Read([Numbers, s_divisor], [Node(@operator, ["n", "d"], ["y"])]).Hazard;

        Assert.StartsWith($"{@operator} divides whole numbers", hazard, StringComparison.Ordinal);
        Assert.EndsWith("(computed from \"n\", \"d\")", hazard, StringComparison.Ordinal);
    }

    [Fact]
    public void Divisions_OfInputsAsTheyAre_AreThoseThatCanBeCheckedBeforeARun()
    {
        var file = Read(
            [Numbers, s_divisor, X],
            [
                Node("Mod", ["n", "d"], ["y"]), Node("Neg", ["d"], ["m"]), Node("Div", ["n", "m"], ["z"]), Node("Div", ["d", "n"], ["w"]),
                Node("Div", ["x", "x"], ["v"]),
            ]);

        Assert.Equal([new InputDivision("n", "d"), new InputDivision("d", "n")], file.Divisions);
    }

    [Fact]
    public void Hazard_OfADivisorOfReals_IsNone() =>
        Assert.Null(Read([X], [Node("Div", ["x", "x"], ["y"]), Node("Mod", ["x", "x"], ["z"], ("fmod", 1L))]).Hazard);

    [Theory]
    [InlineData(7, true)]
    [InlineData(0, true)]
    [InlineData(-2, true)]
    [InlineData(-1, false)]
    public void Hazard_OfAConstantDivisor_IsThatOfMinusOne(long divisor, bool isHarmless) =>
        Assert.Equal(isHarmless, Read([Numbers], [Node("Div", ["n", "c"], ["y"])], Whole("c", 3, divisor, 5)).Hazard is null);

    [Fact]
    public void Hazard_OfADivisorInWeightsThatAreNotRead_IsFound() =>
        Assert.NotNull(Read([Numbers], [Node("Div", ["n", "c"], ["y"])], Whole("c", [.. Enumerable.Repeat(3L, 2000)])).Hazard);

    [Theory]
    [InlineData("Abs", false)]
    [InlineData("Neg", false)]
    [InlineData("Relu", false)]
    [InlineData("Identity", false)]
    public void Hazard_OfADivisorBehindAnOperator_IsFound(string @operator, bool isHarmless) =>
        Assert.Equal(isHarmless, Read([Numbers, s_divisor], [Node(@operator, ["d"], ["e"]), Node("Div", ["n", "e"], ["y"])]).Hazard is null);

    [Fact]
    public void Hazard_OfADivisorKeptAboveZero_IsNone()
    {
        Assert.Null(Read([Numbers, s_divisor], [Node("Max", ["d", "one"], ["e"]), Node("Div", ["n", "e"], ["y"])], s_one).Hazard);
        Assert.Null(Read([Numbers, s_divisor], [Node("Clip", ["d", "one"], ["e"]), Node("Mod", ["n", "e"], ["y"])], s_one).Hazard);
    }

    [Fact]
    public void Hazard_OfADivisorThatIsASize_IsNone() => Assert.Null(Read(
        [X, Numbers],
        [Node("Shape", ["x"], ["s"]), Node("Gather", ["s", "one"], ["t"]), Node("Div", ["n", "t"], ["y"])], s_one).Hazard);

    [Fact]
    public void Hazard_OfASumThatMayWrap_IsFound() => Assert.NotNull(Read(
        [Numbers, s_divisor], [Node("Max", ["d", "one"], ["e"]), Node("Add", ["e", "e"], ["f"]), Node("Div", ["n", "f"], ["y"])], s_one).Hazard);

    [Fact]
    public void Hazard_OfWhatCannotBeTheSmallest_IsNone() => Assert.Null(Read(
        [Numbers, s_divisor], [Node("Max", ["n", "one"], ["m"]), Node("Div", ["m", "d"], ["y"])], s_one).Hazard);

    [Fact]
    public void Hazard_InABranch_IsFoundByTheNamesAroundIt()
    {
        var branch = OnnxGraph.Graph([], [Y], [Node("Div", ["n", "d"], ["y"])]);

        Assert.NotNull(Read([Numbers, s_divisor], [Node("If", ["n"], ["y"], ("then_branch", branch), ("else_branch", branch))]).Hazard);
    }

    [Fact]
    public void Hazard_InABodyWhoseNumbersGoRound_IsFound()
    {
        var body = OnnxGraph.Graph(
            [new("i", OnnxGraph.LongType), new("c", 9), new("v", OnnxGraph.LongType)], [new("c", 9), new("w", OnnxGraph.LongType)],
            [Node("Div", ["i", "v"], ["w"])]);

        Assert.NotNull(Read([Count], [Node("Loop", ["n", "", "start"], ["y"], ("body", body))], Whole("start", 5)).Hazard);
    }

    [Fact]
    public void Hazard_InAFunction_IsFoundByItsArguments()
    {
        byte[] function =
        [
            .. OnnxGraph.Field(1, "Mine"u8.ToArray()), .. OnnxGraph.Field(4, "a"u8.ToArray()), .. OnnxGraph.Field(4, "b"u8.ToArray()),
            .. OnnxGraph.Field(5, "q"u8.ToArray()), .. OnnxGraph.Field(7, Node("Div", ["a", "b"], ["q"]).ToBytes()), .. OnnxGraph.Field(10, "own"u8.ToArray()),
        ];
        byte[] Graph(string argument) => OnnxGraph.Of(
            [Numbers, s_divisor], [Y], [new OnnxNode("Mine", ["n", argument], ["y"]) { Domain = "own" }], s_one);

        Assert.NotNull(ReadGraphs.Read([.. Graph("d"), .. OnnxGraph.Field(25, function)]).Hazard);
        Assert.Null(ReadGraphs.Read([.. Graph("one"), .. OnnxGraph.Field(25, function)]).Hazard);
    }

    [Fact]
    public void Hazard_OfAFunctionThatCallsItself_IsFoundInTime()
    {
        var call = new OnnxNode("Mine", ["a"], ["b"]) { Domain = "own" };
        byte[] function = [.. OnnxGraph.Field(1, "Mine"u8.ToArray()), .. OnnxGraph.Field(4, "a"u8.ToArray()), .. OnnxGraph.Field(5, "b"u8.ToArray()),
            .. OnnxGraph.Field(7, call.ToBytes()), .. OnnxGraph.Field(7, call.ToBytes()), .. OnnxGraph.Field(10, "own"u8.ToArray())];
        var graph = OnnxGraph.Of([Numbers], [Y], [new OnnxNode("Mine", ["n"], ["y"]) { Domain = "own" }]);

        Assert.Contains("more than are read", ReadGraphs.Read([.. graph, .. OnnxGraph.Field(25, function)]).Hazard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GRU", "n", false)]
    [InlineData("LSTM", "n", false)]
    [InlineData("LSTM", "one", true)]
    [InlineData("GRU", "one", true)]
    public void Hazard_OfASequenceCutByWhatIsSent_IsFound(string @operator, string end, bool isHarmless)
    {
        // Along the axis that is the batch of the operator.
        var file = Read(
            [X, Count], [Node("Slice", ["x", "zero", end, "one"], ["s"]), Node(@operator, ["s", "w", "r"], ["y"], ("hidden_size", 4L))], s_zero, s_one,
            new("w", [1, 16, 4], new float[64]), new("r", [1, 16, 4], new float[64]));

        Assert.Equal(isHarmless, file.Hazard is null);
        Assert.True(file.IsRecurrent);
    }

    [Theory]
    [InlineData(0, long.MaxValue, 1, true)]
    [InlineData(-1, long.MaxValue, 1, true)]
    [InlineData(-1, long.MinValue, -1, true)]
    [InlineData(0, 1, 1, true)]
    [InlineData(1, long.MaxValue, 1, false)]
    [InlineData(0, -1, 1, false)]
    [InlineData(-3, -1, 1, false)]
    [InlineData(-2, 1, 1, false)]
    public void Hazard_OfASequenceCutAtConstants_IsThatOfCutsThatMayLeaveNothing(long start, long end, long step, bool isHarmless) => Assert.Equal(
        isHarmless,
        Read(
            [X], [Node("Slice", ["x", "start", "end", "one", "step"], ["s"]), Node("GRU", ["s", "w", "w"], ["y"])], s_one, Whole("start", start),
            Whole("end", end), Whole("step", step), new("w", [1, 12, 4], new float[48])).Hazard is null);

    [Theory]
    [InlineData("NonZero")]
    [InlineData("Compress")]
    [InlineData("OfNobody")]
    public void Hazard_OfASequenceOfUnknownLength_IsFound(string @operator) =>
        Assert.NotNull(Read([X], [Node(@operator, ["x"], ["s"]), Node("GRU", ["s", "w", "w"], ["y"])], new OnnxWeights("w", [1, 12, 4], new float[48])).Hazard);

    [Fact]
    public void Hazard_OfAnLstmWithStatesMadeFromSizes_IsNone() => Assert.Null(Read(
        [X],
        [
            Node("Shape", ["x"], ["s"]), Node("Gather", ["s", "zero"], ["b"]), Node("Concat", ["one", "b", "four"], ["hs"], ("axis", 0L)),
            Node("ConstantOfShape", ["hs"], ["h"]), Node("Transpose", ["x"], ["xt"], ("perm", new long[] { 1, 0, 2 })),
            Node("LSTM", ["xt", "w", "w", "", "", "h", "h"], ["y"], ("hidden_size", 4L)),
        ],
        s_zero, s_one, Whole("four", 4), new("w", [1, 16, 4], new float[64])).Hazard);

    [Fact]
    public void Hazard_OfAScanOverWhatMayBeEmpty_IsFound()
    {
        var body = OnnxGraph.Graph([new("a", 1, null), new("e", 1, null)], [new("b", 1, null)], [Node("Add", ["a", "e"], ["b"])]);
        var scan = Node("Scan", ["state", "s"], ["y"], ("body", body), ("num_scan_inputs", 1L));
        OnnxTensor state = new("state", OnnxGraph.FloatType, 4);

        Assert.NotNull(Read([state, X, Count], [Node("Slice", ["x", "zero", "n"], ["s"]), scan], s_zero).Hazard);
        Assert.Null(Read([state, X], [Node("Identity", ["x"], ["s"]), scan]).Hazard);
    }

    [Fact]
    public void NeedsElements_OfACacheBesideARecurrentOperator_IsFalse()
    {
        var file = Read(
            [X, new("cache", OnnxGraph.FloatType, 0, 0, 4)],
            [Node("Concat", ["cache", "x"], ["all"], ("axis", 1L)), Node("LSTM", ["x", "w", "w"], ["l"], ("hidden_size", 4L))],
            new OnnxWeights("w", [1, 16, 4], new float[64]));

        Assert.Equal((true, true, false), (file.IsRecurrent, file.NeedsElements("x"), file.NeedsElements("cache")));
    }

    [Fact]
    public void NeedsElements_OfTwoInputsThatMayNotBothBeEmpty_IsTrueOfEach()
    {
        var file = Read(
            [X, new("cache", OnnxGraph.FloatType, 0, 0, 4)],
            [Node("Concat", ["cache", "x"], ["all"], ("axis", 1L)), Node("LSTM", ["all", "w", "w"], ["l"], ("hidden_size", 4L))],
            new OnnxWeights("w", [1, 16, 4], new float[64]));

        Assert.Equal((null, true, true), (file.Hazard, file.NeedsElements("x"), file.NeedsElements("cache")));
    }

    [Fact]
    public void Hazard_OfAFileOfAnotherFormat_IsAssumed()
    {
        var file = GraphFile.OfAnotherFormat("model.ort");

        Assert.NotNull(file.Hazard);
        Assert.NotNull(file.Mixes);
        Assert.True(file.NeedsElements("x"));
    }

    [Fact]
    public void Read_NodesThatAreNotAsOnnxSays_ReadsOn()
    {
        string[] operators =
            ["Slice", "Gather", "Concat", "Split", "Reshape", "Transpose", "Gemm", "Conv", "LSTM", "TopK", "Einsum", "Where", "Range", "Resize", "Pad"];

        Assert.NotNull(Read([X], [.. operators.Select(o => Node(o, [], [])), Node("If", [], ["y"]), Node("Nobody", ["x", "", "gone"], ["y"])]).Mixes);
    }
}
