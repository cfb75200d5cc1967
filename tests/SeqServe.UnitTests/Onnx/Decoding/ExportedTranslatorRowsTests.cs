using SeqServe.Core.Backends;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Decoding;

/// <summary>Rows of an encoder-decoder whose logits are the sum of the row's tokens, and the sum of its source times ten of the steps before.</summary>
public sealed class ExportedTranslatorRowsTests : IDisposable
{
    private static readonly CacheWiring s_cache = new("past.*.dk", "past.*.dv", "present.*.dk", "present.*.dv") { IsWhole = true };
    private static readonly CacheWiring s_source = new("past.*.ek", "past.*.ev", "present.*.ek", "present.*.ev") { IsWhole = true };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    public void Rows_ThroughRandomChanges_ComputeWhatEachAloneWould(int seed, bool alone)
    {
        using var backend = Open();
        Assert.Equal(alone, alone && backend.TryRunAlone());
        using var rows = backend.NewRows();
        var random = new Random(seed);
        List<(int Source, List<int> Read)> expected = [];
        for (var change = 0; change < 200; change++)
        {
            switch (random.Next(5))
            {
                case 0 when expected.Count < 12:
                    int[] Source() => [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(1, 9))];
                    Encode(rows, expected, [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Source())]);
                    break;
                case 1 when expected.Count > 0:
                    var left = random.Next(expected.Count);
                    rows.RemoveAt(left);
                    expected[left] = expected[^1];
                    expected.RemoveAt(expected.Count - 1);
                    break;
                case 2 when expected.Count is > 0 and < 12:
                    var forked = random.Next(expected.Count);
                    rows.Fork(forked);
                    expected.Add((expected[forked].Source, [.. expected[forked].Read]));
                    rows.Replace(expected.Count - 1, forked);
                    break;
                case 3 when expected.Count > 1 && expected.TrueForAll(row => row.Read.Count < 30):
                    var one = random.Next(expected.Count);
                    Step(rows, expected, random, one, 1);
                    break;
                default:
                    if (expected.Count > 0 && expected.TrueForAll(row => row.Read.Count < 30))
                        Step(rows, expected, random, 0, expected.Count);
                    break;
            }
        }

        Assert.Equal(expected.Count, rows.Count);
    }

    [Fact]
    public void Encode_ARunThatFails_AppendsNoRow()
    {
        using var backend = Open();
        using var rows = backend.NewRows();

        Assert.Throws<BackendException>(() => Encode(rows, [], [[1000]]));

        Assert.Equal(0, rows.Count);
    }

    /// <summary>The rows of another group have taken the step already when it fails.</summary>
    [Fact]
    public void RunStep_FailsForTheSecondOfTwoGroups_LeavesBothAsTheyWere()
    {
        using var backend = Open();
        using var rows = backend.NewRows();
        Encode(rows, [], [[1, 2]]);
        rows.RunStep([1]);
        Encode(rows, [], [[5]]);

        Assert.Throws<BackendException>(() => rows.RunStep([2, 1000]));
        rows.RunStep([3, 4]);

        Assert.Equal([4f, 30, 4, 5], [.. rows.Logits(0), .. rows.Logits(1)]);
    }

    [Fact]
    public void Open_DecoderWithoutALayerOfItsPast_IsRefused() =>
        Assert.Contains(
            "Layers of the past are missing: the graph has 2 inputs like past.*.dk, but no past.1.dk",
            Assert.Throws<BackendException>(() => Open([.. Pasts(0), .. Pasts(2)])).Message,
            StringComparison.Ordinal);

    private static void Encode(ITranslatorRows rows, List<(int Source, List<int> Read)> expected, int[][] sources)
    {
        using var batch = PaddedBatch.Of(sources.Length, sources, static (sources, i) => sources[i], padId: 9);
        rows.Encode(batch);
        expected.AddRange(sources.Select(source => (source.Sum(), new List<int>())));
    }

    private static void Step(ITranslatorRows rows, List<(int Source, List<int> Read)> expected, Random random, int first, int count)
    {
        var tokens = Enumerable.Range(0, count).Select(_ => random.Next(1, 9)).ToArray();
        rows.RunStep(tokens, first);
        for (var i = 0; i < count; i++)
        {
            var (source, read) = expected[first + i];
            read.Add(tokens[i]);
            // The first step reads the encoder's numbers, the others what it made of them.
            Assert.Equal([read.Sum(), read.Count == 1 ? source : 10 * source], rows.Logits(first + i).ToArray());
        }
    }

    private static OnnxTensor[] Pasts(int layer) =>
    [
        new($"past.{layer}.dk", OnnxGraph.FloatType, 0, 1, -1, 1), new($"past.{layer}.dv", OnnxGraph.FloatType, 0, 1, -1, 1),
        new($"past.{layer}.ek", OnnxGraph.FloatType, 0, 1, -3, 1), new($"past.{layer}.ev", OnnxGraph.FloatType, 0, 1, -3, 1),
    ];

    private ITranslatorBackend Open(OnnxTensor[]? pasts = null)
    {
        OnnxTensor mask = new("encoder_attention_mask", OnnxGraph.LongType, 0, -3), tokens = new("input_ids", OnnxGraph.LongType, 0, -4);
        OnnxTensor logits = new("logits", OnnxGraph.FloatType, 0, -4, 2);
        OnnxTensor[] own = [new("present.0.dk", OnnxGraph.FloatType, 0, 1, -2, 1), new("present.0.dv", OnnxGraph.FloatType, 0, 1, -2, 1)];
        OnnxTensor[] sources = [new("present.0.ek", OnnxGraph.FloatType, 0, 1, -3, 1), new("present.0.ev", OnnxGraph.FloatType, 0, 1, -3, 1)];
        var files = new Dictionary<string, string>
        {
            [TranslatorContract.EncoderRole] = Write(
                "encoder",
                [new("input_ids", OnnxGraph.LongType, 0, 0), new("attention_mask", OnnxGraph.LongType, 0, 0)],
                [new("last_hidden_state", OnnxGraph.FloatType, 0, 0, 1)],
                [
                    new("Gather", ["allowed", "input_ids"], ["checked"]), Cast("checked", "ids"), Cast("attention_mask", "mask"),
                    new("Mul", ["ids", "mask"], ["own"]), new("Unsqueeze", ["own", "two"], ["last_hidden_state"]),
                ]),
            [TranslatorContract.DecoderRole] = Write(
                "decoder",
                [tokens, mask, new("encoder_hidden_states", OnnxGraph.FloatType, 0, -3, 1)],
                [logits, .. own, .. sources],
                [
                    .. Read(), new("Unsqueeze", ["new", "axes"], ["present.0.dk"]), new("Identity", ["present.0.dk"], ["present.0.dv"]),
                    new("Unsqueeze", ["encoder_hidden_states", "one"], ["hidden"]), new("Mul", ["hidden", "ten"], ["present.0.ek"]),
                    new("Identity", ["present.0.ek"], ["present.0.ev"]), .. Scores("present.0.dk", "hidden"),
                ]),
            [TranslatorContract.PastRole] = Write(
                "decoder_with_past",
                [tokens, mask, .. pasts ?? Pasts(0)],
                [logits, .. own],
                [
                    .. Read(), new("Unsqueeze", ["new", "axes"], ["key"]), Concat("past.0.dk", "key", "present.0.dk", 2),
                    Concat("past.0.dv", "key", "present.0.dv", 2), .. Scores("present.0.dk", "past.0.ek"),
                ]),
        };
        var wiring = new DecoderWiring { Caches = [s_cache], SourceCaches = [s_source], MaxTokens = 40 };
        return OnnxBackends.Factory().Open<ITranslatorBackend>(new GraphSet(TranslatorContract.Default, files) { Wiring = wiring });
    }

    // A token that is not allowed fails the run.
    private static OnnxNode[] Read() => [new("Gather", ["allowed", "input_ids"], ["token"]), Cast("token", "new")];

    // [B,1,2]: the sum of what is read, and of the source where its mask says so.
    private static OnnxNode[] Scores(string keys, string source) =>
    [
        new("Squeeze", [keys, "axes"], ["keys"]), new("ReduceSum", ["keys", "one"], ["sum"]), Cast("encoder_attention_mask", "valid"),
        new("Squeeze", [source, "axes"], ["of"]), new("Mul", ["of", "valid"], ["masked"]), new("ReduceSum", ["masked", "one"], ["total"]),
        new("Unsqueeze", ["sum", "two"], ["a"]), new("Unsqueeze", ["total", "two"], ["b"]), Concat("a", "b", "logits", 2),
    ];

    private static OnnxNode Cast(string from, string to) =>
        new("Cast", [from], [to]) { Attributes = new Dictionary<string, object> { ["to"] = (long)OnnxGraph.FloatType } };

    private static OnnxNode Concat(string a, string b, string to, long axis) =>
        new("Concat", [a, b], [to]) { Attributes = new Dictionary<string, object> { ["axis"] = axis } };

    private string Write(string name, OnnxTensor[] inputs, OnnxTensor[] outputs, OnnxNode[] nodes)
    {
        OnnxWeights[] weights =
        [
            new("allowed", [10], 0L, 1, 2, 3, 4, 5, 6, 7, 8, 9), new("axes", [2], 1L, 3), new("one", [1], 1L), new("two", [1], 2L), new("ten", [1], 10f),
        ];
        var file = _folder.Of($"{name}.onnx");
        File.WriteAllBytes(file, OnnxGraph.Of(inputs, outputs, nodes, weights));
        return file;
    }
}
