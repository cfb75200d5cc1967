using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

public sealed class ModelLifecycleTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Load_OfAServingModel_TakesItsPlaceAndDisposesTheOldWithItsLastLease()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        var old = bench.Backends.Of("a");
        var lease = bench.Acquire("a");

        await Patience.Wait(bench.Lifecycle.LoadAsync("a"));

        using var next = bench.Acquire("a");
        Assert.NotSame(lease.Model, next.Model);
        await bench.RetiredAsync();
        Assert.Equal(0, old.Disposals);
        lease.Dispose();
        await bench.RetiredAsync();
        Assert.Equal(1, old.Disposals);
        Assert.Equal(0, bench.Backends.Of("a").Disposals);
    }

    [Fact]
    public async Task Load_OfANewVersion_ServesItByDefault()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        _repository.Write("a/2/model.onnx", "");

        await Patience.Wait(bench.Lifecycle.LoadAsync("a"));

        using var lease = bench.Acquire("a");
        Assert.Equal(2, lease.Model.Version);
        await bench.RetiredAsync();
        Assert.Equal(1, bench.Backends.Of("a", 1).Disposals);
        Assert.Throws<ServingException>(() => bench.Acquire("a", 1));
    }

    [Fact]
    public async Task Load_OfAModelThatCameLater_ServesIt()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        _repository.AddFake("b");

        await Patience.Wait(bench.Lifecycle.LoadAsync("b"));

        bench.Acquire("b").Dispose();
        Assert.False(bench.Registry.Describe("b").IsExpected);
    }

    [Fact]
    public async Task Load_OfAModelThatCouldNotBeLoadedAtTheStart_IsExpectedAsBefore()
    {
        _repository.AddFake("a");
        _repository.Write("a/labels.txt", "one\n");
        using var bench = new RegistryBench(_repository).Load();
        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a").State);
        _repository.Write("a/labels.txt", "one\ntwo\n");

        await Patience.Wait(bench.Lifecycle.LoadAsync("a"));

        Assert.Equal((ModelState.Ready, true), (bench.StatusOf("a").State, bench.Registry.Describe("a").IsExpected));
    }

    [Fact]
    public async Task Load_OfANewModelAfterTheRegistryHasEnded_LeavesNothingBehind()
    {
        using var bench = new RegistryBench(_repository).Load();
        bench.Registry.Dispose();
        _repository.AddFake("b");

        var failure = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.LoadAsync("b")));

        Assert.Equal(ServingErrorCode.LoadFailed, failure.Code);
        Assert.Empty(bench.Registry.List());
        Assert.Equal(0, bench.Backends.Opens);
    }

    [Theory]
    [InlineData("a/labels.txt", "one\ntwo\nthree\n", "3 labels")]
    [InlineData("a/model.json", "{ \"name\": \"a\" }", "task")]
    public async Task Load_ThatFails_LeavesTheOldInServiceAndSaysWhy(string file, string content, string reason)
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        var old = bench.Backends.Of("a");
        _repository.Write(file, content);

        var failure = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.LoadAsync("a")));

        Assert.Equal(ServingErrorCode.LoadFailed, failure.Code);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Equal(ModelState.Ready, bench.StatusOf("a").State);
        Assert.Contains(reason, bench.StatusOf("a").Reason, StringComparison.Ordinal);
        bench.Acquire("a").Dispose();
        await bench.RetiredAsync();
        Assert.Equal(0, old.Disposals);
    }

    [Fact]
    public async Task Load_WithOneBadVersion_ServesTheOthersAndSaysWhy()
    {
        _repository.AddFake("a", json => json["version_policy"] = "all");
        using var bench = new RegistryBench(_repository).Load();
        _repository.Write("a/2/model.onnx", "");
        _repository.Write("a/2/labels.txt", "one\n");

        await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.LoadAsync("a")));

        Assert.Equal(ModelState.Ready, bench.StatusOf("a", 1).State);
        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a", 2).State);
        bench.Acquire("a").Dispose();
    }

    [Fact]
    public async Task Load_AskedForTwiceAtOnce_OpensTheModelOnce()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        using var gate = new ManualResetEventSlim();
        var opened = 0;
        bench.Backends.Make = _ =>
        {
            Interlocked.Increment(ref opened);
            Patience.Wait(gate);
            return new FakeEncoderBackend();
        };

        var loads = new[] { bench.Lifecycle.LoadAsync("a"), bench.Lifecycle.LoadAsync("a"), bench.Lifecycle.LoadAsync("a") };
        gate.Set();
        await Patience.Wait(Task.WhenAll(loads));
        await Patience.Wait(bench.Lifecycle.LoadAsync("a"));

        Assert.Equal(2, opened);
    }

    [Fact]
    public async Task Load_OfAnUnknownName_IsNotFound()
    {
        using var bench = new RegistryBench(_repository).Load();

        var failure = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.LoadAsync("../a")));

        Assert.Equal(ServingErrorCode.ModelNotFound, failure.Code);
    }

    [Fact]
    public async Task Changes_ThatAreDone_LeaveNothingBehind()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();

        await Patience.Wait(bench.Lifecycle.LoadAsync("a"));
        await Patience.Wait(bench.Lifecycle.UnloadAsync("a"));
        await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.LoadAsync("unknown")));
        await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Lifecycle.UnloadAsync("unknown")));

        Assert.Equal(0, bench.Lifecycle.Changing);
    }

    [Fact]
    public async Task Changes_OfAModel_AreKeptWhileOneRuns()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        using var gate = new ManualResetEventSlim();
        bench.Backends.Make = _ =>
        {
            Patience.Wait(gate);
            return new FakeEncoderBackend();
        };

        var load = bench.Lifecycle.LoadAsync("a");
        var unload = bench.Lifecycle.UnloadAsync("a");
        Assert.Equal(1, bench.Lifecycle.Changing);
        gate.Set();
        await Patience.Wait(load);
        await Patience.Wait(unload);

        Assert.Equal(0, bench.Lifecycle.Changing);
    }

    [Fact]
    public async Task Unload_WithALease_IsUnloadingUntilItEnds()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        var backend = bench.Backends.Of("a");
        var lease = bench.Acquire("a");

        var unloaded = await Patience.Wait(bench.Lifecycle.UnloadAsync("a"));

        Assert.Equal(ModelState.Unloading, bench.StatusOf("a").State);
        Assert.Equal(ServingErrorCode.ModelNotReady, Assert.Throws<ServingException>(() => bench.Acquire("a")).Code);
        Assert.False(unloaded.IsCompleted);
        lease.Dispose();
        await Patience.Wait(unloaded);
        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a").State);
        Assert.Equal(1, backend.Disposals);
        Assert.False(bench.Registry.Describe("a").IsExpected);
    }

    [Fact]
    public async Task Load_AfterUnload_ServesAgain()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        await Patience.Wait(bench.Lifecycle.UnloadAsync("a"));

        await Patience.Wait(bench.Lifecycle.LoadAsync("a"));

        bench.Acquire("a").Dispose();
        Assert.Equal(ModelState.Ready, bench.StatusOf("a").State);
    }

    [Fact]
    public async Task Unload_WhileALoadRuns_HasTheLastWord()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        using var gate = new ManualResetEventSlim();
        bench.Backends.Make = _ =>
        {
            Patience.Wait(gate);
            return new FakeEncoderBackend();
        };

        var load = bench.Lifecycle.LoadAsync("a");
        var unload = bench.Lifecycle.UnloadAsync("a");
        gate.Set();
        await Patience.Wait(load);
        await Patience.Wait(await Patience.Wait(unload));

        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a").State);
        Assert.Equal(1, bench.Backends.Of("a").Disposals);
    }

    [Fact]
    public async Task Load_BehindAnUnloadThatWaits_HasTheLastWord()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        using var gate = new ManualResetEventSlim();
        bench.Backends.Make = _ =>
        {
            Patience.Wait(gate);
            return new FakeEncoderBackend();
        };

        Task[] changes = [bench.Lifecycle.LoadAsync("a"), bench.Lifecycle.UnloadAsync("a"), bench.Lifecycle.LoadAsync("a")];
        gate.Set();
        await Patience.Wait(Task.WhenAll(changes));

        bench.Acquire("a").Dispose();
        Assert.Equal(ModelState.Ready, bench.StatusOf("a").State);
    }

    [Fact]
    public async Task Unload_WhileTheStartLoadsTheModel_LeavesNothingBehind()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository);
        using var opening = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        bench.Backends.Make = _ =>
        {
            opening.Set();
            Patience.Wait(gate);
            return new FakeEncoderBackend();
        };
        var start = Task.Run(() => bench.Load());
        Patience.Wait(opening);

        await Patience.Wait(bench.Lifecycle.UnloadAsync("a"));
        gate.Set();
        await Patience.Wait(start);
        await bench.RetiredAsync();

        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a").State);
        Assert.Equal(1, bench.Backends.Of("a").Disposals);
    }

    [Fact]
    public async Task Acquire_WhileTheModelIsReloadedAgainAndAgain_NeverFails()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                bench.Acquire("a").Dispose();
        })).ToList();

        for (var i = 0; i < 30; i++)
            await Patience.Wait(bench.Lifecycle.LoadAsync("a"));
        await stop.CancelAsync();

        await Patience.Wait(Task.WhenAll(readers));
    }

    [Fact]
    public async Task Dispose_OfTheRegistry_WhileAModelIsReloaded_DisposesBoth()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        var old = bench.Backends.Of("a");
        bench.Backends.Make = _ =>
        {
            bench.Registry.Dispose();
            return new FakeEncoderBackend();
        };

        await Patience.Wait(bench.Lifecycle.LoadAsync("a"));
        await bench.RetiredAsync();

        Assert.Equal((1, 1), (old.Disposals, bench.Backends.Of("a").Disposals));
    }
}
