using SeqServe.TestSupport.Onnx;

namespace SeqServe.Attack.Server;

/// <summary>Small graphs that bad values, shapes and counts are sent to. Each serves good requests.</summary>
internal static class AttackGraphs
{
    /// <summary><c>y = 2 x</c> for <c>x [-1,2]</c>, FP32: what canaries ask.</summary>
    public const string Twice = "attack-twice";

    /// <summary><c>y = x</c> for <c>x [-1]</c>, BYTES.</summary>
    public const string Strings = "attack-strings";

    /// <summary><c>y = table[ids]</c> of a table of ten rows, <c>ids [-1,-1]</c>, INT64.</summary>
    public const string Lookup = "attack-lookup";

    /// <summary><c>y = a + b</c> for <c>a [-1]</c> and <c>b [-1]</c>, FP32: unequal sizes do not fit.</summary>
    public const string Sum = "attack-sum";

    /// <summary><c>y = a mod b</c>, INT32 <c>[-1]</c>.</summary>
    public const string Remainder = "attack-remainder";

    /// <summary><c>y = a / b</c>, INT64 <c>[-1]</c>.</summary>
    public const string Quotient = "attack-quotient";

    /// <summary>An RNN over <c>x [-1,-1,1]</c>, FP32.</summary>
    public const string Recurrent = "attack-recurrent";

    /// <summary>A Scan over axis 1 of <c>x [-1,-1]</c> with the state <c>s [-1]</c>, FP32.</summary>
    public const string Scan = "attack-scan";

    /// <summary>An RNN behind a Slice whose end <c>n [1]</c> the client sends: its input may be empty though the request's is not.</summary>
    public const string Cut = "attack-cut";

    /// <summary><c>y = x + n</c> for <c>x [-1,2]</c>, counted up one by one as often as <c>n []</c>, INT64, says.</summary>
    public const string LoopOfTheClient = "attack-loop";

    private const int BoolType = 9;

    /// <summary>The graphs that serve from the start, by name.</summary>
    public static IReadOnlyDictionary<string, byte[]> Served { get; } = new Dictionary<string, byte[]>
    {
        [Twice] = Doubled(),
        [AttackModels.Spare] = Doubled(),
        [Strings] = OnnxGraph.Identity([new("x", OnnxGraph.StringType, 0)], (new("y", OnnxGraph.StringType, 0), "x")),
        [Lookup] = OnnxGraph.Of(
            [new("ids", OnnxGraph.LongType, 0, 0)],
            [new("y", OnnxGraph.FloatType, 0, 0, 3)],
            [new OnnxNode("Gather", ["table", "ids"], ["y"])],
            new OnnxWeights("table", [10, 3], [.. Enumerable.Range(0, 30).Select(i => (float)i)])),
        [Sum] = Binary("Add", OnnxGraph.FloatType),
        // Of what the graph makes of its inputs, so that they are not checked as those of Quotient are.
        [Remainder] = OnnxGraph.Of(
            [new("a", OnnxGraph.IntType, 0), new("b", OnnxGraph.IntType, 0)],
            [new("y", OnnxGraph.IntType, 0)],
            [new OnnxNode("Identity", ["b"], ["d"]), new OnnxNode("Mod", ["a", "d"], ["y"])]),
        [Quotient] = Binary("Div", OnnxGraph.LongType),
        [Recurrent] = OnnxGraph.Of([new("x", OnnxGraph.FloatType, 0, 0, 1)], [new("y", OnnxGraph.FloatType, 0, 1, 0, 1)], [Rnn("x")], RnnWeights()),
        [Scan] = Scanned(),
        [Cut] = OnnxGraph.Of(
            [new("x", OnnxGraph.FloatType, 0, 0, 1), new("n", OnnxGraph.LongType, 1)],
            [new("y", OnnxGraph.FloatType, 0, 1, 0, 1)],
            [new OnnxNode("Slice", ["x", "zero", "n", "zero"], ["xs"]), Rnn("xs")],
            [.. RnnWeights(), new OnnxWeights("zero", [1], 0L)]),
    };

    /// <summary>A counting loop.</summary>
    /// <param name="isEndless">Whether the count is a constant of 2^40, some hours; else the client sends it.</param>
    public static byte[] Loop(bool isEndless)
    {
        var body = OnnxGraph.Graph(
            [new("i", OnnxGraph.LongType), new("c", BoolType), new("v", OnnxGraph.FloatType, null)],
            [new("c_out", BoolType), new("v_out", OnnxGraph.FloatType, null)],
            [new OnnxNode("Identity", ["c"], ["c_out"]), new OnnxNode("Add", ["v", "step"], ["v_out"])],
            new OnnxWeights("step", [], 1f));
        var loop = new OnnxNode("Loop", ["n", "", "x"], ["y"]) { Attributes = new Dictionary<string, object> { ["body"] = body } };
        OnnxTensor x = new("x", OnnxGraph.FloatType, 0, 2);
        OnnxTensor[] outputs = [new("y", OnnxGraph.FloatType, 0, 2)];
        return isEndless
            ? OnnxGraph.Of([x], outputs, [loop], new OnnxWeights("n", [], 1L << 40))
            : OnnxGraph.Of([x, new("n", OnnxGraph.LongType)], outputs, [loop]);
    }

    /// <summary><see cref="Twice"/>'s graph.</summary>
    public static byte[] Doubled() => OnnxGraph.Of(
        [new("x", OnnxGraph.FloatType, 0, 2)], [new("y", OnnxGraph.FloatType, 0, 2)], [new OnnxNode("Add", ["x", "x"], ["y"])]);

    private static byte[] Binary(string name, int type) =>
        OnnxGraph.Of([new("a", type, 0), new("b", type, 0)], [new("y", type, 0)], [new OnnxNode(name, ["a", "b"], ["y"])]);

    private static OnnxNode Rnn(string input) =>
        new("RNN", [input, "w", "r"], ["y"]) { Attributes = new Dictionary<string, object> { ["hidden_size"] = 1L } };

    private static OnnxWeights[] RnnWeights() => [new("w", [1, 1, 1], 1f), new("r", [1, 1, 1], 1f)];

    private static byte[] Scanned()
    {
        var body = OnnxGraph.Graph(
            [new("sum", OnnxGraph.FloatType, 0), new("e", OnnxGraph.FloatType, 0)],
            [new("sum_out", OnnxGraph.FloatType, 0), new("o", OnnxGraph.FloatType, 0)],
            [new OnnxNode("Add", ["sum", "e"], ["sum_out"]), new OnnxNode("Identity", ["sum_out"], ["o"])]);
        return OnnxGraph.Of(
            [new("s", OnnxGraph.FloatType, 0), new("x", OnnxGraph.FloatType, 0, 0)],
            [new("last", OnnxGraph.FloatType, 0), new("y", OnnxGraph.FloatType, 0, 0)],
            [
                new OnnxNode("Scan", ["s", "x"], ["last", "y"])
                {
                    Attributes = new Dictionary<string, object>
                    {
                        ["body"] = body, ["num_scan_inputs"] = 1L, ["scan_input_axes"] = new[] { 1L }, ["scan_output_axes"] = new[] { 1L },
                    },
                },
            ]);
    }
}
