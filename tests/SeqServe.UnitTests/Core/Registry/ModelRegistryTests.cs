using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Classification;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

public sealed class ModelRegistryTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Acquire_ByName_GivesTheModel()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        using var bench = new RegistryBench(_repository).Load();

        using var lease = bench.Acquire("b");

        Assert.Equal(("b", 1), (lease.Model.Manifest.Name, lease.Model.Version));
        Assert.True(bench.Registry.HasStarted);
    }

    // In parts of several models, one that takes minutes would hold up those behind it.
    [Fact]
    public async Task LoadAll_OneModelThatTakesLong_HoldsUpNoOther()
    {
        foreach (var name in "abcdefgh")
            _repository.AddFake($"{name}");
        using var bench = new RegistryBench(_repository);
        using var release = new ManualResetEventSlim();
        using var others = new CountdownEvent(7);
        bench.Backends.Make = file =>
        {
            if (file.StartsWith(_repository.Of("a"), StringComparison.Ordinal))
                Patience.Wait(release);
            else
                others.Signal();
            return new FakeEncoderBackend();
        };

        var all = Task.Run(() => bench.Load());
        var cameThrough = others.Wait(Patience.Limit / 2);
        release.Set();
        await Patience.Wait(all);

        Assert.True(cameThrough);
    }

    [Fact]
    public void Scan_FolderThatIsAlmostAModel_IsInTheLog()
    {
        _repository.Write("almost/1/model.pt", "");
        using var bench = new RegistryBench(_repository);

        bench.Registry.Scan();

        Assert.Contains(
            bench.Log.Collector.GetSnapshot(),
            record => record.Message.StartsWith("The folder almost of the repository has a version folder but neither", StringComparison.Ordinal));
    }

    [Fact]
    public void Scan_FolderThatIsAlmostAModelAndIsNotNamed_IsNotInTheLog()
    {
        _repository.Write("almost/1/model.pt", "");
        using var bench = new RegistryBench(_repository, new ModelRegistryOptions { Models = ["a"] });

        bench.Registry.Scan();

        Assert.DoesNotContain(bench.Log.Collector.GetSnapshot(), record => record.Id.Id == EventIds.FolderUnclaimed);
    }

    [Fact]
    public void LoadAll_AfterAScan_LoadsWhatThatFound()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository);
        bench.Registry.Scan();
        _repository.AddFake("b");

        bench.Load();

        Assert.Equal(["a"], bench.Registry.List().Select(m => m.Name));
    }

    [Fact]
    public void Scan_AfterDispose_PublishesNothing()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository);
        bench.Registry.Dispose();

        bench.Registry.Scan();

        Assert.Empty(bench.Registry.List());
    }

    [Theory]
    [InlineData("nobody", null)]
    [InlineData("a", 7)]
    [InlineData("A", null)]
    public void Acquire_Unknown_IsNotFound(string name, int? version)
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();

        var refusal = Refusal(() => bench.Acquire(name, version));

        Assert.Equal(ServingErrorCode.ModelNotFound, refusal.Code);
        Assert.DoesNotContain("nobody", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Acquire_Unavailable_IsNotReadyWithTheReason()
    {
        _repository.AddFake("a", json => json["labels"] = null);
        using var bench = new RegistryBench(_repository).Load();

        var refusal = Refusal(() => bench.Acquire("a"));

        Assert.Equal(ServingErrorCode.ModelNotReady, refusal.Code);
        Assert.Contains("Unavailable: a/model.json: labels: is missing", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(30, refusal.RetryAfter!.Value.TotalSeconds);
    }

    [Fact]
    public void Acquire_OtherTask_NamesTheField()
    {
        _repository.Write("tensors/model.json", """{ "name": "tensors", "task": "tensor" }""");
        _repository.Write("tensors/1/model.onnx", "");
        using var bench = new RegistryBench(_repository).Load();

        var refusal = Refusal(() => bench.Acquire("tensors"));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Equal(["model"], refusal.FieldErrors!.Keys);
    }

    [Fact]
    public void Acquire_BeforeLoading_AsksForPatience()
    {
        using var bench = new RegistryBench(_repository);

        var refusal = Refusal(() => bench.Acquire());

        Assert.Equal(ServingErrorCode.ModelNotReady, refusal.Code);
        Assert.Equal(2, refusal.RetryAfter!.Value.TotalSeconds);
    }

    [Fact]
    public async Task Acquire_WhileTheModelLoads_IsNotReadyYet()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository);
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        bench.Backends.Make = _ =>
        {
            entered.Set();
            Patience.Wait(leave);
            return new FakeEncoderBackend();
        };
        var loading = Task.Run(() => bench.Load());
        Patience.Wait(entered);

        var refusal = Refusal(() => bench.Acquire("a"));
        leave.Set();
        await Patience.Wait(loading);

        Assert.Equal((ServingErrorCode.ModelNotReady, 2.0), (refusal.Code, refusal.RetryAfter!.Value.TotalSeconds));
        Assert.Contains("version 1 is Loading", refusal.Message, StringComparison.Ordinal);
        bench.Acquire("a").Dispose();
    }

    [Fact]
    public void LoadAll_BackendThatThrowsAnything_LosesThatModelOnly()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        using var bench = new RegistryBench(_repository);
        bench.Backends.Make = file => file.Contains($"{Path.DirectorySeparatorChar}a{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? throw new InvalidOperationException("A secret path.") : new FakeEncoderBackend();

        bench.Load();

        Assert.Equal((ModelState.Unavailable, "failed to load; the log has the cause"), (bench.StatusOf("a").State, bench.StatusOf("a").Reason));
        Assert.Equal(ModelState.Ready, bench.StatusOf("b").State);
    }

    [Fact]
    public void LoadAll_NamedModels_LoadsTheseOnly()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        using var bench = new RegistryBench(_repository, new ModelRegistryOptions { Models = ["b"] }).Load();

        Assert.Equal(["b"], bench.Registry.List().Select(m => m.Name));
        Assert.Equal(1, bench.Backends.Count);
    }

    [Fact]
    public void LoadAll_NameThatIsNotThere_ShowsItAsUnavailable()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository, new ModelRegistryOptions { Models = ["a", "absent"] }).Load();

        Assert.Equal(ModelState.Ready, bench.StatusOf("a").State);
        Assert.Equal(ModelState.Unavailable, bench.StatusOf("absent").State);
        Assert.Contains("SeqServe:Models names \"absent\"", bench.StatusOf("absent").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadAll_Cancelled_StopsBetweenModels()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository);

        Assert.Throws<OperationCanceledException>(() => bench.Registry.LoadAll(1, new CancellationToken(canceled: true)));
        Assert.False(bench.Registry.HasStarted);
    }

    [Fact]
    public void Drain_FromThenOn_RefusesNewRequests()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        using var taken = bench.Acquire("a");

        bench.Registry.Drain();

        Assert.True(bench.Registry.IsDraining);
        Assert.Equal(ServingErrorCode.Draining, Refusal(() => bench.Acquire("a")).Code);
        Assert.Equal("a", taken.Model.Manifest.Name);
    }

    [Fact]
    public void Describe_Unknown_IsNotFound()
    {
        using var bench = new RegistryBench(_repository).Load();

        Assert.Equal(ServingErrorCode.ModelNotFound, Assert.Throws<ServingException>(() => bench.Registry.Describe("a")).Code);
    }

    [Fact]
    public void Status_OfALoadedModel_SaysSinceWhen()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository);
        bench.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(bench.Time.GetUtcNow(), bench.Load().StatusOf("a").Since);
        Assert.Equal("", bench.StatusOf("a").Reason);
        Assert.Equal(ClassificationTask.TaskName, bench.Registry.Describe("a").Manifest!.Task);
    }

    [Fact]
    public async Task Dispose_WhileADisposalHangs_EndsAfterABoundedTimeAndSaysSo()
    {
        _repository.AddFake("a");
        using var gate = new ManualResetEventSlim();
        using var bench = new RegistryBench(_repository);
        bench.Backends.Make = _ => new FakeEncoderBackend { OnDispose = () => Patience.Wait(gate) };
        bench.Load();

        var dispose = Task.Run(bench.Registry.Dispose);
        await Patience.Wait(bench.Time.Made(ModelRegistry.MaxDisposal));
        Assert.False(dispose.IsCompleted);
        bench.Time.Advance(ModelRegistry.MaxDisposal);
        await Patience.Wait(dispose);

        Assert.Contains(bench.Log.Collector.GetSnapshot(), line => line.Id.Id == EventIds.RetirementsUnfinished);
        gate.Set();
        await bench.RetiredAsync();
        Assert.Equal(1, bench.Backends.Of("a").Disposals);
    }

    private static ServingException Refusal(Func<IDisposable> acquire) => Assert.Throws<ServingException>(() => acquire().Dispose());
}
