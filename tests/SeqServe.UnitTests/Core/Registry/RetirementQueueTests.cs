using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Registry;
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
        bench.Backends.Make = _ => new FakeClassifierBackend
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
        bench.Backends.Make = _ => new FakeClassifierBackend { OnDispose = () => Patience.Wait(gate) };
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
        bench.Backends.Make = _ => new FakeClassifierBackend { OnDispose = static () => throw new InvalidOperationException("no native memory") };
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
        bench.Backends.Make = file => new FakeClassifierBackend
        {
            OnDispose = file.StartsWith(_repository.Of("a"), StringComparison.Ordinal) ? static () => throw new InvalidOperationException() : null,
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
