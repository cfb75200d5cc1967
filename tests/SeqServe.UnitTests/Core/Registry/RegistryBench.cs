using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Graphs;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.Classification;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

/// <summary>A registry over a temporary repository, with fake graphs unless the test brings a backend.</summary>
internal sealed class RegistryBench : IDisposable
{
    private readonly TestMeterFactory _meters = new();
    private readonly RunScheduler _scheduler;

    public RegistryBench(
        TemporaryRepository repository, ModelRegistryOptions? options = null, IBackendFactory? backends = null, ModelAcceptance? acceptance = null,
        FakeLogger<ModelRegistry>? log = null, int threads = 1, StateBudget? states = null)
        : this(repository.Open(), options, backends, acceptance, log, threads, states)
    {
    }

    public RegistryBench(
        FileModelRepository folder, ModelRegistryOptions? options = null, IBackendFactory? backends = null, ModelAcceptance? acceptance = null,
        FakeLogger<ModelRegistry>? log = null, int threads = 1, StateBudget? states = null)
    {
        _scheduler = new RunScheduler(threads);
        Log = log ?? new FakeLogger<ModelRegistry>();
        Metrics = new ServingMetrics(_meters);
        var plans = new PlanOptions { Measure = false };
        Services = ShippedTasks.Services(backends ?? Backends, _scheduler, Metrics, Time, plans, NullLoggerFactory.Instance);
        Services = states is null ? Services : Services with { States = states };
        var loader = new ModelLoader(ShippedTasks.Catalog, Services, acceptance);
        Registry = new ModelRegistry(folder, loader, options ?? new ModelRegistryOptions(), Metrics, Time, Log);
        Lifecycle = new ModelLifecycle(folder, Registry, Time, NullLogger<ModelLifecycle>.Instance);
    }

    public TimerClock Time { get; } = new();

    public FakeBackendFactory Backends { get; } = new();

    public ServingMetrics Metrics { get; }

    /// <summary>What loaded models run on.</summary>
    public TaskServices Services { get; }

    public TestMeterFactory Meters => _meters;

    public ModelRegistry Registry { get; }

    public ModelLifecycle Lifecycle { get; }

    /// <summary>What the registry logs.</summary>
    public FakeLogger<ModelRegistry> Log { get; }

    /// <summary>Loads everything.</summary>
    public RegistryBench Load()
    {
        Registry.LoadAll(2, CancellationToken.None);
        return this;
    }

    /// <summary>The status of a model's version; the only one unless it is named.</summary>
    public ModelStatus StatusOf(string name, int? version = null)
    {
        var versions = Registry.Describe(name).Versions;
        return version is null ? Assert.Single(versions).Status : versions.Single(v => v.Version == version).Status;
    }

    /// <summary>Waits until every retired model that no lease holds is disposed.</summary>
    public Task RetiredAsync() => Patience.Wait(Registry.Retirements.Idle);

    public ModelLease<ServedClassifier> Acquire(string? name = null, int? version = null) =>
        Registry.Acquire<ServedClassifier>(ClassificationTask.TaskName, name, version);

    public void Dispose()
    {
        Registry.Dispose();
        _scheduler.Dispose();
        Metrics.Dispose();
        _meters.Dispose();
    }

    /// <summary>A clock that says when a timer of some time is made: only then can the test let that time pass.</summary>
    internal sealed class TimerClock : FakeTimeProvider
    {
        private readonly ConcurrentDictionary<TimeSpan, TaskCompletionSource> _made = [];

        public Task Made(TimeSpan dueTime) => Of(dueTime).Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Of(dueTime).TrySetResult();
            return timer;
        }

        private TaskCompletionSource Of(TimeSpan dueTime) =>
            _made.GetOrAdd(dueTime, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
