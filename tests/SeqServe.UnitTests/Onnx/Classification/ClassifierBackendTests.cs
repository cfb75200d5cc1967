using SeqServe.Core.Backends;
using SeqServe.Onnx.Classification;
using SeqServe.Onnx.Contracts;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;
using static SeqServe.TestSupport.Onnx.OnnxGraph;

namespace SeqServe.UnitTests.Onnx.Classification;

public sealed class ClassifierBackendTests : IDisposable
{
    private static readonly string s_lstm = Path.Combine(RepositoryRoot.Model("sentiment-lstm"), "1", "model.onnx");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_ShippedGraph_SaysWhatItIs()
    {
        using var backend = OnnxBackends.OpenClassifier(s_lstm, new InstanceOptions { Sessions = 2 });

        Assert.Equal((2, "cpu", 2), (backend.Classes, backend.Device, backend.Sessions));
    }

    [Fact]
    public void Run_IdOutsideOfTheVocabulary_FailsAndTheNextRunSucceeds()
    {
        using var graphs = OpenGraphs.Open(new GraphSet(ClassifierContract.Default, s_lstm), OnnxBackends.Sessions().Open);
        var (backend, pool) = (new ClassifierBackend(graphs), graphs.Single.Pool);
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
        var (backend, pool) = (new ClassifierBackend(graphs), graphs.Single.Pool);
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
        var file = Write(Identity([new("ids", FloatType, 0, 0), new("mask", LongType, 0)], (new("scores", FloatType, 0, 0), "ids")));

        var refusal = Assert.Throws<BackendException>(() => OnnxBackends.OpenClassifier(file)).Message;

        Assert.Contains("input ids is float, not int64", refusal, StringComparison.Ordinal);
        Assert.Contains("input lengths is missing", refusal, StringComparison.Ordinal);
        Assert.Contains("input mask is not expected", refusal, StringComparison.Ordinal);
        Assert.Contains("output logits is missing (it has scores)", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WrongRank_IsNamed()
    {
        var file = Write(Identity([new("ids", LongType, 0, 0, 0), new("lengths", LongType, 0)], (new("logits", LongType, 0), "lengths")));

        var refusal = Assert.Throws<BackendException>(() => OnnxBackends.OpenClassifier(file)).Message;

        Assert.Contains("input ids has 3 axes, not 2", refusal, StringComparison.Ordinal);
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

    private string Write(byte[] graph) => _folder.Write("graph.onnx", graph);

    private static void Run(ClassifierBackend backend, int id, float[] logits)
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
