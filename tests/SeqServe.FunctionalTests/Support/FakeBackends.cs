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

    public FakeBackends() => _factory.Register<IEncoderBackend>(OpenEncoder).Register<ITensorBackend>(_ => MakeTensor());

    public IReadOnlyList<string> Devices => _factory.Devices;

    /// <summary>Says for each further run what it throws, or null.</summary>
    public Func<Exception?>? BeforeRun { get; set; }

    /// <summary>What the runs compute for the second class; the first has 0.</summary>
    public float Logit { get; set; } = 1;

    /// <summary>Numbers that the graph of a model, by its owner's name, gives for each text, and whether for each of its tokens.</summary>
    public Func<string, (int Width, bool IsPerToken)> Shape { get; set; } = static _ => (2, false);

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

    private Backend OpenEncoder(GraphSet graphs)
    {
        if (!_loads.IsSet)
            _loading.Release();
        Pass(_loads);
        var (width, isPerToken) = Shape(graphs.Owner);
        return new Backend(this, width, isPerToken);
    }

    private static void Pass(ManualResetEventSlim gate)
    {
        if (!gate.Wait(s_patience))
            throw new BackendException("The test never released the gate.");
    }

    private void Run(int width, Span<float> output)
    {
        if (!_runs.IsSet)
            _entered.Release();
        Pass(_runs);
        if (BeforeRun?.Invoke() is { } failure)
            throw failure;
        output.Clear();
        for (var i = Math.Min(1, width - 1); i < output.Length; i += width)
            output[i] = Logit;
    }

    private sealed class Backend(FakeBackends owner, int width, bool isPerToken) : IEncoderBackend
    {
        public int Width => width;

        public bool IsPerToken => isPerToken;

        public string Device => "cpu";

        public int Sessions => 1;

        public void Run(PaddedBatch batch, Span<float> output) => owner.Run(width, output);

        public void Dispose()
        {
        }
    }
}
