using Microsoft.Extensions.Logging.Testing;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Onnx;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Encoders;
using SeqServe.Onnx.Sessions;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Onnx.Providers;

namespace SeqServe.UnitTests.Onnx.Sessions;

public sealed class LatencySessionTests
{
    private delegate void BatchRun(PaddedBatch batch, Span<float> logits);

    // Kernels part their sums among threads.
    private const float Tolerance = 1e-4f;

    public static TheoryData<string> Classifiers =>
        [.. Directory.EnumerateDirectories(RepositoryRoot.Models)
            .Where(folder => File.Exists(Path.Combine(folder, "labels.txt")))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "model.onnx", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(RepositoryRoot.Models, file))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void Run_OnEitherSessionOverSharedWeights_AnswersAsBefore(string graph)
    {
        using var backend = Open(graph);
        var before = Run(backend.Run, backend);

        Assert.True(backend.TryOpenLatencySession());

        Assert.Equal(2, backend.Sessions);
        AssertEqual(before, Run(backend.Run, backend));
        AssertEqual(before, Run(backend.RunOnLatencySession, backend));
    }

    [Fact]
    public void Close_OpenLatencySession_RunsOnTheOther()
    {
        using var backend = Open(Lstm);
        backend.TryOpenLatencySession();
        var before = Run(backend.Run, backend);

        backend.CloseLatencySession();

        Assert.Equal(1, backend.Sessions);
        AssertEqual(before, Run(backend.RunOnLatencySession, backend));
        Assert.True(backend.TryOpenLatencySession());
        AssertEqual(before, Run(backend.RunOnLatencySession, backend));
    }

    [Theory]
    [InlineData(1, null, null)]
    [InlineData(4, 2, null)]
    [InlineData(4, null, 1)]
    public void TryOpen_NoMoreThreadsThanARunTakesAnyhow_OpensNone(int threads, int? intraOp, int? latency)
    {
        using var backend = Open(Lstm, threads, new InstanceOptions { IntraOpThreads = intraOp, LatencyThreads = latency });

        Assert.False(backend.TryOpenLatencySession());
        Assert.Equal((1, backend.ThreadsPerRun), (backend.Sessions, backend.LatencyThreads));
    }

    [Fact]
    public async Task TryOpen_WhileRunsGoOn_FailsNone()
    {
        using var backend = Open(Lstm);
        var expected = Run(backend.Run, backend);
        using var stop = new CancellationTokenSource();
        var runs = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                AssertEqual(expected, Run(backend.RunOnLatencySession, backend));
        });

        for (var i = 0; i < 3; i++)
        {
            backend.TryOpenLatencySession();
            backend.CloseLatencySession();
        }

        await stop.CancelAsync();
        await Patience.Wait(runs);
    }

    [Fact]
    public void TryOpen_ProviderThatFailsMeanwhile_OpensNoneAndSaysWhy()
    {
        var isBroken = false;
        var provider = new OtherProvider { UsesCpuThreads = true, OnAppend = FailOnceBroken };
        var (options, log) = (new OnnxOptions { Device = "other", Threads = 2 }, new FakeLogger<SessionFactory>());
        var sessions = OnnxBackends.Sessions(options, OnnxBackends.Providers(options, null, provider), log);
        using var pool = sessions.Open(Path.Combine(RepositoryRoot.Models, Lstm), new InstanceOptions());
        isBroken = true;

        Assert.False(pool.TryOpenLatency());

        Assert.Contains("lone requests run on the others: Execution provider other cannot be used: device lost.", log.LatestRecord.Message,
            StringComparison.Ordinal);
        pool.Rent().Dispose();

        void FailOnceBroken(SessionOptions session)
        {
            if (isBroken)
                throw new BackendException("device lost");
        }
    }

    private static string Lstm => Path.Combine("sentiment-lstm", "1", "model.onnx");

    private static EncoderBackend Open(string graph, int threads = 2, InstanceOptions? instances = null)
    {
        var set = new GraphSet(ClassifierContract.Default, Path.Combine(RepositoryRoot.Models, graph)) { Instances = instances ?? new InstanceOptions() };
        return new EncoderBackend(OpenGraphs.Open(set, OnnxBackends.Sessions(new OnnxOptions { Device = "cpu", Threads = threads }).Open));
    }

    private static float[] Run(BatchRun run, EncoderBackend backend)
    {
        using var batch = new PaddedBatch(2, 40, padId: 0);
        batch.SetRow(0, [.. Enumerable.Range(5, 40)]);
        batch.SetRow(1, [.. Enumerable.Range(900, 7)]);
        var logits = new float[2 * backend.Width];
        run(batch, logits);
        return logits;
    }

    private static void AssertEqual(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], Tolerance);
    }
}
