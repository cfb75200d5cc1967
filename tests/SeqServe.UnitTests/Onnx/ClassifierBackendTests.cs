using SeqServe.Core.Backends;
using SeqServe.TestSupport;
using static SeqServe.TestSupport.Onnx.OnnxGraph;

namespace SeqServe.UnitTests.Onnx;

public sealed class ClassifierBackendTests : IDisposable
{
    private static readonly string s_lstm = Path.Combine(RepositoryRoot.Model("sentiment-lstm"), "1", "model.onnx");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_ShippedGraph_SaysWhatItIs()
    {
        using var backend = OnnxBackends.Factory().OpenClassifier(s_lstm, new InstanceOptions { Sessions = 2 });

        Assert.Equal((2, "cpu", 2), (backend.Classes, backend.Device, backend.Sessions));
    }

    [Fact]
    public void Run_IdOutsideOfTheVocabulary_FailsAndTheNextRunSucceeds()
    {
        using var pool = OnnxBackends.Sessions().Open(s_lstm, new InstanceOptions());
        var backend = new SeqServe.Onnx.ClassifierBackend(pool, "model.onnx");
        var permits = pool.FreePermits;
        var logits = new float[2];

        Assert.Throws<BackendException>(() => Run(backend, 1_000_000, logits));

        Assert.Equal(permits, pool.FreePermits);
        Run(backend, 5, logits);
        Assert.All(logits, logit => Assert.True(float.IsFinite(logit)));
        Assert.NotEqual(logits[0], logits[1]);
    }

    [Fact]
    public void Open_GraphOfAnotherKind_NamesEveryDifference()
    {
        var file = Write(Identity([new("ids", FloatType, 0, 0), new("mask", LongType, 0)], (new("scores", FloatType, 0, 0), "ids")));

        var refusal = Assert.Throws<BackendException>(() => OnnxBackends.Factory().OpenClassifier(file, new InstanceOptions())).Message;

        Assert.Contains("input ids is float, not int64", refusal, StringComparison.Ordinal);
        Assert.Contains("input lengths is missing", refusal, StringComparison.Ordinal);
        Assert.Contains("input mask is not expected", refusal, StringComparison.Ordinal);
        Assert.Contains("output logits is missing (it has scores)", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WrongRank_IsNamed()
    {
        var file = Write(Identity([new("ids", LongType, 0, 0, 0), new("lengths", LongType, 0)], (new("logits", LongType, 0), "lengths")));

        var refusal = Assert.Throws<BackendException>(() => OnnxBackends.Factory().OpenClassifier(file, new InstanceOptions())).Message;

        Assert.Contains("input ids has 3 axes, not 2", refusal, StringComparison.Ordinal);
        Assert.Contains("output logits is int64, not float", refusal, StringComparison.Ordinal);
    }

    private string Write(byte[] graph)
    {
        File.WriteAllBytes(_folder.Of("graph.onnx"), graph);
        return _folder.Of("graph.onnx");
    }

    private static void Run(SeqServe.Onnx.ClassifierBackend backend, int id, float[] logits)
    {
        using var batch = new PaddedBatch(1, 1, padId: 0);
        batch.SetRow(0, [id]);
        backend.Run(batch, logits);
    }
}
