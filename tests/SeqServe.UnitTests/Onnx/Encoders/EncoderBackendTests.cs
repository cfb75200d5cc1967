using SeqServe.Core.Backends;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Encoders;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;
using static SeqServe.TestSupport.Onnx.OnnxGraph;

namespace SeqServe.UnitTests.Onnx.Encoders;

public sealed class EncoderBackendTests : IDisposable
{
    private static readonly string s_lstm = Path.Combine(RepositoryRoot.Model("sentiment-lstm"), "1", "model.onnx");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_ShippedGraph_SaysWhatItIs()
    {
        using var backend = OnnxBackends.OpenClassifier(s_lstm, new InstanceOptions { Sessions = 2 });

        Assert.Equal((2, "cpu", 2), (backend.Width, backend.Device, backend.Sessions));
    }

    [Fact]
    public void Run_IdOutsideOfTheVocabulary_FailsAndTheNextRunSucceeds()
    {
        using var graphs = OpenGraphs.Open(new GraphSet(ClassifierContract.Default, s_lstm), OnnxBackends.Sessions().Open);
        var (backend, pool) = (new EncoderBackend(graphs), graphs.Single.Pool);
        var permits = pool.FreePermits;
        var logits = new float[2];

        Assert.Throws<BackendException>(() => Run(backend, 1_000_000, logits));

        Assert.Equal(permits, pool.FreePermits);
        Run(backend, 5, logits);
        Assert.All(logits, logit => Assert.True(float.IsFinite(logit)));
        Assert.NotEqual(logits[0], logits[1]);
    }

    [Fact]
    public void RunTimed_ClockAtItsStart_HasTheSessionAlready()
    {
        using var graphs = OpenGraphs.Open(new GraphSet(ClassifierContract.Default, s_lstm), OnnxBackends.Sessions().Open);
        var (backend, pool) = (new EncoderBackend(graphs), graphs.Single.Pool);
        var permits = pool.FreePermits;
        var clock = new ObservingClock(() => pool.FreePermits);
        using var batch = new PaddedBatch(1, 2, padId: 0);
        batch.SetRow(0, [5, 5]);

        backend.RunTimed(batch, new float[2], onLatencySession: false, clock);

        Assert.Equal([permits - 1, permits - 1], clock.Seen);
    }

    [Fact]
    public void Open_GraphOfAnotherKind_NamesEveryDifference()
    {
        var file = Write(Identity([new("ids", FloatType, 0, 0), new("words", LongType, 0)], (new("scores", FloatType, 0, 0), "ids")));

        var refusal = Assert.Throws<BackendException>(() => OnnxBackends.OpenClassifier(file)).Message;

        Assert.Contains("input ids is float, not int64", refusal, StringComparison.Ordinal);
        Assert.Contains("input words is not expected", refusal, StringComparison.Ordinal);
        Assert.Contains("output logits is missing (it has scores)", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WrongRank_IsNamed()
    {
        var file = Write(Identity([new("ids", LongType, 0, 0, 0), new("lengths", LongType, 0)], (new("logits", LongType, 0), "lengths")));

        var refusal = Assert.Throws<BackendException>(() => OnnxBackends.OpenClassifier(file)).Message;

        Assert.Contains("input ids has 3 axes, not [B,T]", refusal, StringComparison.Ordinal);
        Assert.Contains("output logits is int64, not float", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_GraphWithOtherNames_RunsUnderTheNamesOfTheManifest()
    {
        var toFloat = new OnnxNode("Cast", ["input_ids"], ["scores"]) { Attributes = new Dictionary<string, object> { ["to"] = (long)FloatType } };
        var file = Write(Of([new("input_ids", LongType, 0, 0), new("my_lengths", LongType, 0)], [new("scores", FloatType, 0, 2)], [toFloat]));
        var contract = ClassifierContract.Default.Named(
            new Dictionary<string, string> { ["ids"] = "input_ids", ["lengths"] = "my_lengths" }, new Dictionary<string, string> { ["logits"] = "scores" });
        using var backend = OnnxBackends.OpenClassifier(file, contract: contract);
        using var batch = new PaddedBatch(1, 2, padId: 0);
        batch.SetRow(0, [7, 9]);
        var logits = new float[2];

        backend.Run(batch, logits);

        Assert.Equal([7f, 9], logits);
        Assert.Equal(["input_ids", "my_lengths"], backend.Graph!.Signature.Inputs.Select(i => i.Name));
    }

    [Fact]
    public void Open_GraphWithoutTheNamesOfTheManifest_IsRefusedWithThem()
    {
        var contract = ClassifierContract.Default.Named(new Dictionary<string, string> { ["ids"] = "input_ids" }, new Dictionary<string, string>());

        var refusal = Assert.Throws<BackendException>(() => OnnxBackends.OpenClassifier(s_lstm, contract: contract)).Message;

        Assert.Contains("input input_ids is missing (it has ids, lengths)", refusal, StringComparison.Ordinal);
        Assert.Contains("input ids is not expected", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_GraphWithTheNamesAndTypesOfOtherExporters_GetsItsInputsInThem()
    {
        // y = ids + 4 mask + 16 types + 64 positions, each for each token.
        OnnxTensor[] inputs =
        [
            new("input_ids", IntType, 0, 0), new("attention_mask", BoolType, 0, 0),
            new("token_type_ids", IntType, 0, 0), new("position_ids", LongType, 0, 0),
        ];
        string[] names = [.. inputs.Select(input => input.Name)];
        var toFloat = new Dictionary<string, object> { ["to"] = (long)FloatType };
        var casts = names.Select(name => new OnnxNode("Cast", [name], [$"{name}_f"]) { Attributes = toFloat });
        var products = names.Select((name, i) => new OnnxNode("Mul", [$"{name}_f", $"by{i}"], [$"{name}_p"]));
        OnnxNode[] sum =
        [
            new("Sum", [.. names.Select(name => $"{name}_p")], ["sum"]),
            new("Unsqueeze", ["sum", "last"], ["numbers"]),
            new("Cast", ["numbers"], ["logits"]) { Attributes = new Dictionary<string, object> { ["to"] = (long)HalfType } },
        ];
        var weights = names.Select((_, i) => new OnnxWeights($"by{i}", [1], MathF.Pow(4, i))).Append(new OnnxWeights("last", [1], 2L));
        var file = Write(Of(inputs, [new("logits", HalfType, 0, 0, 1)], [.. casts, .. products, .. sum], [.. weights]));
        using var backend = OnnxBackends.OpenClassifier(file, contract: TaggerContract.Default);
        using var batch = new PaddedBatch(2, 3, padId: 9);
        batch.SetRow(0, [1, 2, 3]);
        batch.SetTypes(0, [0, 1, 1]);
        batch.SetRow(1, [4]);
        var output = new float[6];

        backend.Run(batch, output);

        Assert.Equal([5f, 86, 151, 8, 73, 137], output);
        Assert.Equal((1, true, true), (backend.Width, backend.IsPerToken, backend.KnowsPadding));
        Assert.Equal(names, backend.Contract!.Roles[0].Inputs.Select(part => part.Name).Intersect(names));
    }

    [Fact]
    public void Open_GraphThatIsToldNoPadding_SaysSo()
    {
        var toFloat = new OnnxNode("Cast", ["x"], ["y"]) { Attributes = new Dictionary<string, object> { ["to"] = (long)FloatType } };
        var contract = ClassifierContract.Default.Named(new Dictionary<string, string> { ["ids"] = "x" }, new Dictionary<string, string> { ["logits"] = "y" });
        using var backend = OnnxBackends.OpenClassifier(Write(Of([new("x", LongType, 0, 0)], [new("y", FloatType, 0, 2)], [toFloat])), contract: contract);

        Assert.False(backend.KnowsPadding);
    }

    private string Write(byte[] graph) => _folder.Write("graph.onnx", graph);

    private static void Run(EncoderBackend backend, int id, float[] logits)
    {
        using var batch = new PaddedBatch(1, 1, padId: 0);
        batch.SetRow(0, [id]);
        backend.Run(batch, logits);
    }

    private sealed class ObservingClock(Func<int> observe) : TimeProvider
    {
        public List<int> Seen { get; } = [];

        public override long GetTimestamp()
        {
            Seen.Add(observe());
            return 0;
        }
    }
}
