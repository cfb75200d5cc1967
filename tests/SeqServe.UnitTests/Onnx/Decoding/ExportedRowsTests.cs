using SeqServe.Core.Backends;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Decoding;

/// <summary>Rows of graphs whose logits behind a token are the sum of the row's tokens and the last one's position.</summary>
public sealed class ExportedRowsTests : IDisposable
{
    private const int MaxTokens = 40;

    private static readonly DecoderWiring s_cached = new()
    {
        Caches = [new CacheWiring("past.*.key", "past.*.value", "present.*.key", "present.*.value") { IsWhole = true }],
        MaxTokens = MaxTokens,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, "any", false)]
    [InlineData(2, "any", false)]
    [InlineData(3, "by length", false)]
    [InlineData(4, "by length", false)]
    [InlineData(5, "any", true)]
    [InlineData(6, "by length", true)]
    [InlineData(7, "alone", false)]
    [InlineData(8, "alone", false)]
    public void Rows_ThroughRandomChanges_ComputeWhatEachAloneWould(int seed, string sharing, bool half)
    {
        using var backend = OpenCached(half ? OnnxGraph.HalfType : OnnxGraph.FloatType);
        if (sharing != "any")
            Assert.True(sharing == "alone" ? backend.TryRunAlone() : backend.TryStepByLength());
        Assert.Equal((sharing == "by length", sharing == "alone"), (backend.StepsByLength, backend.RunsAlone));
        using ILanguageModelRows rows = backend.NewRows(), other = backend.NewRows();
        List<List<int>> read = [], otherRead = [];
        var random = new Random(seed);
        for (var change = 0; change < 300; change++)
        {
            switch (random.Next(6))
            {
                case 0 when otherRead.Count < 5:
                    other.Begin([]);
                    otherRead.Add([]);
                    break;
                case 1 when otherRead.Count > 0:
                    Read(other, otherRead, random);
                    break;
                case 2 when otherRead.Count > 0 && read.Count < 10:
                    var moved = random.Next(otherRead.Count);
                    rows.Append(other, moved);
                    read.Add([.. otherRead[moved]]);
                    RemoveAt(other, otherRead, moved);
                    break;
                case 3 when read.Count is > 0 and < 10:
                    var forked = random.Next(read.Count);
                    rows.Fork(forked);
                    read.Add([.. read[forked]]);
                    rows.Replace(read.Count - 1, forked);
                    break;
                case 4 when read.Count > 0:
                    RemoveAt(rows, read, random.Next(read.Count));
                    break;
                default:
                    Step(rows, read, random);
                    break;
            }
        }

        Assert.Equal(read.Count, rows.Count);
    }

    [Fact]
    public void RunStep_SomeRows_LeavesTheOthers()
    {
        using var backend = OpenCached();
        using var rows = backend.NewRows();
        foreach (var token in new[] { 1, 2, 3 })
        {
            rows.Begin([]);
            rows.RunStep([token], rows.Count - 1);
        }

        rows.RunStep([5], 1);
        rows.RunStep([1, 1, 1]);

        Assert.Equal([2f, 1, 8, 2, 4, 1], Enumerable.Range(0, 3).SelectMany(row => rows.Logits(row).ToArray()));
    }

    [Fact]
    public void RunStep_AfterARunThatFailed_GoesOnFromBeforeIt()
    {
        using var backend = OpenCached();
        using var rows = backend.NewRows();
        rows.Begin([]);
        rows.Begin([]);
        rows.RunStep([1, 2]);

        Assert.Throws<BackendException>(() => rows.RunStep([1, FailingToken]));
        rows.RunStep([3, 4]);

        Assert.Equal([4f, 1, 6, 1], [.. rows.Logits(0), .. rows.Logits(1)]);
    }

    [Fact]
    public void Score_TextsOfUnequalLengths_GivesEachItsOwn()
    {
        using var backend = OpenCached();
        using var batch = PaddedBatch.Of(2, (int[][])[[1, 0, 1], [0, 1]], static (rows, i) => rows[i], padId: 0);
        var scores = new float[4];

        backend.Score(batch, scores);

        // Logits are the sum of all tokens of the run, which no causal graph would give, and the position.
        float Log(float zero, float one, int token) => (token == 0 ? zero : one) - MathF.Log(MathF.Exp(zero) + MathF.Exp(one));
        Assert.Equal(new[] { Log(1, 0, 0), Log(1, 1, 1), Log(1, 0, 1), 0 }, scores, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Read_StateWithItsBatchOnAxisOne_IsEachRowsOwn()
    {
        using var backend = OpenRecurrent();
        using var rows = backend.NewRows();
        foreach (var begin in new float[] { 10, 20, 30 })
            rows.Begin([begin, -begin]);
        using var batch = PaddedBatch.Of(3, (int[][])[[1, 2, 3], [4], [5, 6, 7]], static (rows, i) => rows[i], padId: 9);

        rows.Read(batch);
        rows.RemoveAt(0);
        rows.RunStep([1, 1]);

        Assert.Equal([49f, -11, 25, -15], [.. rows.Logits(0), .. rows.Logits(1)]);
        var state = new float[2];
        rows.CopyState(0, state);
        Assert.Equal([49f, -11], state);
        Assert.False(backend.CanScore);
        Assert.False(backend.TryStepByLength());
    }

    [Fact]
    public void Open_StateWhoseBatchIsAnotherAxis_NamesTheAxis()
    {
        var refusal = Assert.Throws<BackendException>(() => OpenRecurrent(axis: 0)).Message;

        Assert.Contains("input h0 has axes [1,-1,2], of which axis 0 (state[].batch_axis) cannot be the batch", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_GraphWithoutAPast_SaysHowToExportIt()
    {
        var wiring = new DecoderWiring { Caches = [new CacheWiring("p.*.k", "p.*.v", "n.*.k", "n.*.v") { IsWhole = true }] };

        var refusal = Assert.Throws<BackendException>(() => OpenRecurrent(wiring: wiring)).Message;

        Assert.Contains("no input p.0.k", refusal, StringComparison.Ordinal);
        Assert.Contains("whose name ends in -with-past", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("past.2.key", 1, "Layers of the past are missing: the graph has 2 inputs like past.*.key, but no past.1.key")]
    [InlineData("past.1.key", 2, "input past.1.value is missing")]
    public void Open_PastsThatDoNotFit_AreNamed(string further, int heads, string expected)
    {
        var refusal = Assert.Throws<BackendException>(() => OpenCached(further: [new(further, OnnxGraph.FloatType, 0, heads, 0, 1)])).Message;

        Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }

    private const int FailingToken = 1000;

    private static void Read(ILanguageModelRows rows, List<List<int>> read, Random random)
    {
        var prompts = read.Select(tokens => Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(1, 9)).ToArray()).ToArray();
        if (prompts.Zip(read).Any(pair => pair.First.Length + pair.Second.Count > MaxTokens))
            return;
        using var batch = PaddedBatch.Of(prompts.Length, prompts, static (prompts, i) => prompts[i], padId: 7);
        rows.Read(batch);
        for (var i = 0; i < prompts.Length; i++)
        {
            read[i].AddRange(prompts[i]);
            AssertLogits(rows, i, read[i]);
        }
    }

    private static void Step(ILanguageModelRows rows, List<List<int>> read, Random random)
    {
        if (read.Count == 0 || read.Exists(tokens => tokens.Count >= MaxTokens))
            return;
        var tokens = read.Select(_ => random.Next(1, 9)).ToArray();
        rows.RunStep(tokens);
        for (var i = 0; i < tokens.Length; i++)
        {
            read[i].Add(tokens[i]);
            AssertLogits(rows, i, read[i]);
        }
    }

    private static void RemoveAt(ILanguageModelRows rows, List<List<int>> read, int row)
    {
        rows.RemoveAt(row);
        read[row] = read[^1];
        read.RemoveAt(read.Count - 1);
    }

    private static void AssertLogits(ILanguageModelRows rows, int row, List<int> read) =>
        Assert.Equal([read.Sum(), read.Count - 1f], rows.Logits(row).ToArray());

    // The past holds the tokens; a token of FailingToken is an index out of range. Layers beyond the first are there to be refused.
    private ILanguageModelBackend OpenCached(int type = OnnxGraph.FloatType, params OnnxTensor[] further)
    {
        OnnxTensor[] inputs =
        [
            new("input_ids", OnnxGraph.LongType, 0, 0), new("attention_mask", OnnxGraph.LongType, 0, -2), new("position_ids", OnnxGraph.LongType, 0, 0),
            new("past.0.key", type, 0, 1, -1, 1), new("past.0.value", type, 0, 1, -1, 1), .. further,
        ];
        OnnxTensor[] outputs = [new("logits", type, 0, 0, 2), new("present.0.key", type, 0, 1, -2, 1), new("present.0.value", type, 0, 1, -2, 1)];
        OnnxNode Cast(string from, string to) => new("Cast", [from], [to]) { Attributes = new Dictionary<string, object> { ["to"] = (long)type } };
        OnnxNode Concat(string a, string b, string to, long axis) => new("Concat", [a, b], [to])
        {
            Attributes = new Dictionary<string, object> { ["axis"] = axis },
        };
        OnnxNode[] nodes =
        [
            new("Gather", ["allowed", "input_ids"], ["checked"]),
            Cast("checked", "new"), new("Unsqueeze", ["new", "axes"], ["key"]), Concat("past.0.key", "key", "present.0.key", 2),
            new("Identity", ["key"], ["value"]), Concat("past.0.value", "value", "present.0.value", 2),
            new("Squeeze", ["present.0.key", "axes"], ["keys"]), Cast("attention_mask", "mask"), new("Mul", ["keys", "mask"], ["own"]),
            new("ReduceSum", ["own", "one"], ["sum"]), Cast("position_ids", "positions"), new("Mul", ["positions", "zero"], ["zeros"]),
            new("Add", ["sum", "zeros"], ["sums"]), new("Unsqueeze", ["sums", "last"], ["a"]), new("Unsqueeze", ["positions", "last"], ["b"]),
            Concat("a", "b", "logits", 2),
        ];
        OnnxWeights[] weights =
        [
            new("allowed", [10], 0L, 1, 2, 3, 4, 5, 6, 7, 8, 9), new("axes", [2], 1L, 3), new("one", [1], 1L), new("last", [1], 2L),
        ];
        OnnxNode zero = new("CastLike", ["nothing", "positions"], ["zero"]);
        return Open(s_cached, inputs, outputs, [.. nodes[..11], zero, .. nodes[11..]], [.. weights, new("nothing", [1], 0f)]);
    }

    // The state grows by the sum of the tokens.
    private ILanguageModelBackend OpenRecurrent(int axis = 1, DecoderWiring? wiring = null)
    {
        OnnxTensor[] inputs = [new("input_ids", OnnxGraph.LongType, 0, 0), new("h0", OnnxGraph.FloatType, 1, 0, 2)];
        OnnxTensor[] outputs = [new("logits", OnnxGraph.FloatType, 0, 2), new("hn", OnnxGraph.FloatType, 1, 0, 2)];
        OnnxNode[] nodes =
        [
            new("Cast", ["input_ids"], ["ids"]) { Attributes = new Dictionary<string, object> { ["to"] = (long)OnnxGraph.FloatType } },
            new("ReduceSum", ["ids", "one"], ["sum"]), new("Unsqueeze", ["sum", "zero"], ["sums"]), new("Add", ["sums", "h0"], ["hn"]),
            new("Squeeze", ["hn", "zero"], ["logits"]),
        ];
        return Open(
            wiring ?? new DecoderWiring { States = [new StateWiring("h0", "hn", null) { BatchAxis = axis }] }, inputs, outputs, nodes,
            [new("one", [1], 1L), new("zero", [1], 0L)]);
    }

    private ILanguageModelBackend Open(DecoderWiring wiring, OnnxTensor[] inputs, OnnxTensor[] outputs, OnnxNode[] nodes, OnnxWeights[] weights)
    {
        var file = _folder.Of("model.onnx");
        File.WriteAllBytes(file, OnnxGraph.Of(inputs, outputs, nodes, weights));
        return OnnxBackends.Factory().Open<ILanguageModelBackend>(new GraphSet(LanguageModelContract.Default, file) { Wiring = wiring });
    }
}
