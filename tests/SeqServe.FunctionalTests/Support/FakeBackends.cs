using SeqServe.Core.Backends;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.Support;

/// <summary>Backends whose loading and runs the test holds, releases and breaks.</summary>
internal sealed class FakeBackends : IBackendFactory, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly ManualResetEventSlim _loads = new(true);
    private readonly ManualResetEventSlim _runs = new(true);
    private readonly FakeBackendFactory _factory = new();
    private readonly SemaphoreSlim _entered = new(0);
    private readonly SemaphoreSlim _loading = new(0);

    public FakeBackends() => _factory.Register<IClassifierBackend>(_ => OpenClassifier()).Register<ITensorBackend>(_ => MakeTensor());

    public IReadOnlyList<string> Devices => _factory.Devices;

    /// <summary>Says for each further run what it throws, or null.</summary>
    public Func<Exception?>? BeforeRun { get; set; }

    /// <summary>What the runs compute for the second class; the first has 0.</summary>
    public float Logit { get; set; } = 1;

    /// <summary>Makes the backend of a graph of task tensor.</summary>
    public Func<FakeTensorBackend> MakeTensor { get; set; } = static () => new FakeTensorBackend();

    public void HoldLoads() => _loads.Reset();

    public void ReleaseLoads() => _loads.Set();

    public void HoldRuns() => _runs.Reset();

    public void ReleaseRuns() => _runs.Set();

    /// <summary>Returns when a run has begun that <see cref="HoldRuns"/> holds.</summary>
    public async Task RunHasBegunAsync() => Assert.True(await _entered.WaitAsync(s_patience), "No run has begun.");

    /// <summary>Returns when a load has begun that <see cref="HoldLoads"/> holds.</summary>
    public async Task LoadHasBegunAsync() => Assert.True(await _loading.WaitAsync(s_patience), "No load has begun.");

    public TBackend Open<TBackend>(GraphSet graphs)
        where TBackend : class, IDisposable => _factory.Open<TBackend>(graphs);

    public void Dispose()
    {
        ReleaseLoads();
        ReleaseRuns();
    }

    private Backend OpenClassifier()
    {
        if (!_loads.IsSet)
            _loading.Release();
        Pass(_loads);
        return new Backend(this);
    }

    private static void Pass(ManualResetEventSlim gate)
    {
        if (!gate.Wait(s_patience))
            throw new BackendException("The test never released the gate.");
    }

    private void Run(PaddedBatch batch, Span<float> logits)
    {
        if (!_runs.IsSet)
            _entered.Release();
        Pass(_runs);
        if (BeforeRun?.Invoke() is { } failure)
            throw failure;
        for (var row = 0; row < batch.Rows; row++)
            (logits[2 * row], logits[(2 * row) + 1]) = (0, Logit);
    }

    private sealed class Backend(FakeBackends owner) : IClassifierBackend
    {
        public int Classes => 2;

        public string Device => "cpu";

        public int Sessions => 1;

        public void Run(PaddedBatch batch, Span<float> logits) => owner.Run(batch, logits);

        public void Dispose()
        {
        }
    }
}
