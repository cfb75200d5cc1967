using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

public sealed class RetirementQueueTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Lease_LastOfARetiredModel_EndsWithoutWaitingForTheDisposal()
    {
        _repository.AddFake("a");
        using var gate = new ManualResetEventSlim();
        var threads = new List<int>();
        using var bench = new RegistryBench(_repository);
        bench.Backends.Make = _ => new FakeEncoderBackend
        {
            OnDispose = () =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                Patience.Wait(gate);
            },
        };
        bench.Load();
        var lease = bench.Acquire("a");
        var retired = await Patience.Wait(bench.Lifecycle.UnloadAsync("a"));

        var caller = Environment.CurrentManagedThreadId;
        lease.Dispose();

        Assert.Equal((false, ModelState.Unloading), (retired.IsCompleted, bench.StatusOf("a").State));
        gate.Set();
        await Patience.Wait(retired);
        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a").State);
        Assert.NotEqual(caller, Assert.Single(threads));
    }

    [Fact]
    public async Task Unload_OfAModelThatAnswersNoRequest_EndsWithItsDisposal()
    {
        _repository.AddFake("a");
        using var gate = new ManualResetEventSlim();
        using var bench = new RegistryBench(_repository);
        bench.Backends.Make = _ => new FakeEncoderBackend { OnDispose = () => Patience.Wait(gate) };
        bench.Load();

        var unload = bench.Lifecycle.UnloadAsync("a");
        Assert.False(unload.IsCompleted);
        gate.Set();
        var retired = await Patience.Wait(unload);

        Assert.True(retired.IsCompletedSuccessfully);
        Assert.Equal((ModelState.Unavailable, 1), (bench.StatusOf("a").State, bench.Backends.Of("a").Disposals));
    }

    [Fact]
    public async Task Unload_BackendThatThrowsWhenDisposed_StillEnds()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository);
        bench.Backends.Make = _ => new FakeEncoderBackend { OnDispose = static () => throw new InvalidOperationException("no native memory") };
        bench.Load();
        var lease = bench.Acquire("a");

        var retired = await Patience.Wait(bench.Lifecycle.UnloadAsync("a"));
        lease.Dispose();
        await Patience.Wait(retired);

        Assert.Equal((ModelState.Unavailable, "unloaded"), (bench.StatusOf("a").State, bench.StatusOf("a").Reason));
        await bench.RetiredAsync();
        var line = Assert.Single(bench.Log.Collector.GetSnapshot(), r => r.Level == LogLevel.Error);
        Assert.Equal((EventIds.RetirementFailed, "no native memory"), (line.Id.Id, line.Exception?.Message));
        Assert.Empty(Gauges(bench, "seqserve.sessions"));
    }

    [Fact]
    public async Task Unload_AfterADisposalThatThrew_DisposesTheNext()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        using var bench = new RegistryBench(_repository);
        bench.Backends.Make = file => new FakeEncoderBackend
        {
            OnDispose = IsOf(file, "a") ? static () => throw new InvalidOperationException() : null,
        };
        bench.Load();

        await Patience.Wait(await Patience.Wait(bench.Lifecycle.UnloadAsync("a")));
        await Patience.Wait(await Patience.Wait(bench.Lifecycle.UnloadAsync("b")));

        Assert.Equal((0, 1), (bench.Backends.Of("a").Disposals, bench.Backends.Of("b").Disposals));
    }

    [Fact]
    public async Task Unload_WhileTheFirstIsStillAnswered_EndsWithIt()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        var lease = bench.Acquire("a");

        var first = await Patience.Wait(bench.Lifecycle.UnloadAsync("a"));
        var second = await Patience.Wait(bench.Lifecycle.UnloadAsync("a"));

        Assert.False(second.IsCompleted);
        lease.Dispose();
        await Patience.Wait(Task.WhenAll(first, second));
    }

    [Fact]
    public async Task Reload_WhileTheUnloadedStillAnswers_IsNotUndoneByItsEnd()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        var lease = bench.Acquire("a");
        var retired = await Patience.Wait(bench.Lifecycle.UnloadAsync("a"));

        await Patience.Wait(bench.Lifecycle.LoadAsync("a"));
        lease.Dispose();
        await Patience.Wait(retired);

        Assert.Equal(ModelState.Ready, bench.StatusOf("a").State);
        bench.Acquire("a").Dispose();
    }

    [Fact]
    public async Task Unload_OfALeasedModel_DoesNotWaitForTheDisposalOfAnother()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        using var gate = new ManualResetEventSlim();
        using var bench = new RegistryBench(_repository);
        bench.Backends.Make = file => new FakeEncoderBackend { OnDispose = IsOf(file, "a") ? () => Patience.Wait(gate) : null };
        bench.Load();
        var lease = bench.Acquire("b");

        var other = bench.Lifecycle.UnloadAsync("a");
        var retired = await Patience.Wait(bench.Lifecycle.UnloadAsync("b"));

        Assert.Equal((false, false, ModelState.Unloading), (other.IsCompleted, retired.IsCompleted, bench.StatusOf("b").State));
        gate.Set();
        await Patience.Wait(other);
        lease.Dispose();
        await Patience.Wait(retired);
    }

    [Fact]
    public async Task Unload_WhoseDisposalHangs_EndsAfterABoundedTime()
    {
        _repository.AddFake("a");
        using var gate = new ManualResetEventSlim();
        using var bench = new RegistryBench(_repository);
        bench.Backends.Make = _ => new FakeEncoderBackend { OnDispose = () => Patience.Wait(gate) };
        bench.Load();

        var unload = bench.Lifecycle.UnloadAsync("a");
        await Patience.Wait(bench.Time.Made(ModelRegistry.MaxRetirement));
        bench.Time.Advance(ModelRegistry.MaxRetirement);
        var retired = await Patience.Wait(unload);

        Assert.False(retired.IsCompleted);
        gate.Set();
        await Patience.Wait(retired);
    }

    [Fact]
    public async Task Retire_AgainAfterTheQueueWasEmpty_UsesTheSameThread()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        var threads = new List<Thread>();
        using var bench = new RegistryBench(_repository);
        bench.Backends.Make = _ => new FakeEncoderBackend { OnDispose = () => threads.Add(Thread.CurrentThread) };
        bench.Load();

        await Patience.Wait(await Patience.Wait(bench.Lifecycle.UnloadAsync("a")));
        await bench.RetiredAsync();
        await Patience.Wait(await Patience.Wait(bench.Lifecycle.UnloadAsync("b")));

        // A thread that is started for each could fail to start, and its model would never be freed.
        Assert.Same(threads[0], threads[1]);
    }

    [Fact]
    public async Task Unload_BackendAndLogThatThrow_DisposesTheNext()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        using var bench = new RegistryBench(_repository, log: new FakeLogger<ModelRegistry>(line =>
        {
            if (line.Contains("freeing it failed", StringComparison.Ordinal))
                throw new IOException("the disk is full");
        }));
        bench.Backends.Make = file => new FakeEncoderBackend { OnDispose = IsOf(file, "a") ? static () => throw new InvalidOperationException() : null };
        bench.Load();

        await Patience.Wait(await Patience.Wait(bench.Lifecycle.UnloadAsync("a")));
        await Patience.Wait(await Patience.Wait(bench.Lifecycle.UnloadAsync("b")));
        await bench.RetiredAsync();

        Assert.Equal(1, bench.Backends.Of("b").Disposals);
    }

    [Fact]
    public async Task Retire_WhoseEndThrows_IsDoneAndDisposesTheNext()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        using var bench = new RegistryBench(_repository);
        var failing = new Retirement(Load(bench, "a"), static _ => throw new InvalidOperationException("a bug"));
        var next = new Retirement(Load(bench, "b"));
        var queue = new RetirementQueue(TimeSpan.FromSeconds(30), bench.Log);

        queue.Retire(failing);
        queue.Retire(next);
        queue.Close();

        await Patience.Wait(Task.WhenAll(failing.Done, next.Done, queue.Idle));
        Assert.Equal((1, 1), (bench.Backends.Of("a").Disposals, bench.Backends.Of("b").Disposals));
    }

    private ServedModel Load(RegistryBench bench, string name) => bench.Registry.Loading.TryLoad(_repository.Open().Find(name)!, 1, out _)!;

    private bool IsOf(string file, string model) => file.StartsWith(_repository.Of(model), StringComparison.Ordinal);

    private static List<double> Gauges(RegistryBench bench, string name)
    {
        var values = new List<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == name && bench.Metrics.Owns(instrument.Meter))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => values.Add(value));
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }
}
