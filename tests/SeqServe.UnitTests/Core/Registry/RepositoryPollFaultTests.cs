using Microsoft.Extensions.Logging.Testing;
using SeqServe.Core.Registry;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

/// <summary>What a poll finds that must not be loaded: what serves goes on, and says what was found.</summary>
public sealed class RepositoryPollFaultTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();
    private readonly FakeLogger<RepositoryPoll> _log = new();
    private readonly Lazy<RegistryBench> _bench;
    private RepositoryPoll? _poll;

    public RepositoryPollFaultTests() => _bench = new(() => new RegistryBench(_repository));

    private RegistryBench Bench => _bench.Value;

    public void Dispose()
    {
        Bench.Dispose();
        _repository.Dispose();
    }

    [Fact]
    public async Task Scan_LostManifest_LeavesTheModelItsTaskUntilItIsBack()
    {
        _repository.AddFake("a");
        Begin();
        var manifest = File.ReadAllText(_repository.Of("a", "model.json"));
        File.Delete(_repository.Of("a", "model.json"));

        await ScanAsync(3);

        using (var lease = Bench.Acquire("a"))
            Assert.Equal("classification", lease.Model.Manifest.Task);
        Assert.Equal(ModelState.Ready, Bench.StatusOf("a").State);
        Assert.Contains("a model of task \"tensor\" in place of one of task \"classification\"; restore a/model.json", Reason("a"), StringComparison.Ordinal);
        Assert.Contains(_log.Collector.GetSnapshot(), record => record.Message.Contains("restore a/model.json", StringComparison.Ordinal));

        _repository.Write("a/model.json", manifest);
        await ScanAsync(2);

        Assert.Equal("", Reason("a"));
    }

    [Fact]
    public async Task Load_ByHandOfAnotherTask_ChangesIt()
    {
        _repository.AddFake("a");
        Begin();
        File.Delete(_repository.Of("a", "model.json"));
        await ScanAsync(2);

        await Patience.Wait(Bench.Lifecycle.LoadAsync("a"));

        Assert.Equal(("tensor", ""), (Bench.Registry.Describe("a").Manifest!.Task, Reason("a")));
    }

    [Fact]
    public async Task Scan_FolderThatHoldsNoModelAnyMore_IsToldWithTheModelThatServesOn()
    {
        _repository.AddFake("a", json => json["graphs"] = new System.Text.Json.Nodes.JsonObject { ["model"] = "other.onnx" });
        File.Move(_repository.Of("a", "1", "model.onnx"), _repository.Of("a", "1", "other.onnx"));
        Begin();
        File.Delete(_repository.Of("a", "model.json"));

        await ScanAsync(2);

        Assert.Equal(ModelState.Ready, Bench.StatusOf("a").State);
        Assert.Contains("its folder holds no model: neither model.json nor <version>/model.onnx", Reason("a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_NewFolderWithAGraphOfAnotherName_IsInTheLog()
    {
        Begin();
        _repository.Write("b/1/model.pt", "");

        await ScanAsync(2);

        Assert.Contains(
            _log.Collector.GetSnapshot(),
            record => record.Message.Contains("b has changed but is not loaded: its folder holds no model", StringComparison.Ordinal));
    }

    [LinuxFact]
    public async Task Scan_ManifestThatIsNoFile_KeepsNoOtherModelFromBeingLoaded()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        Begin();
        SpecialFiles.MakePipe(_repository.Of("a", "model.json"));
        File.Delete(_repository.Of("b", "model.json"));
        File.CreateSymbolicLink(_repository.Of("b", "model.json"), SpecialFiles.Endless);
        _repository.AddFake("c");

        await ScanAsync(2);

        Assert.Contains("serves as loaded before; the reload failed: a/model.json is a named pipe", Reason("a"), StringComparison.Ordinal);
        Assert.Contains("b/model.json is a link that leads out", Reason("b"), StringComparison.Ordinal);
        Assert.All(new[] { "a", "b", "c" }, name => Assert.Equal(ModelState.Ready, Bench.StatusOf(name).State));
    }

    [Fact]
    public async Task Scan_ModelThatTakesLong_HoldsUpNoOther()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        Begin();
        using var release = new ManualResetEventSlim();
        Bench.Backends.Make = file =>
        {
            if (file.StartsWith(_repository.Of("a"), StringComparison.Ordinal))
                Patience.Wait(release);
            return new FakeEncoderBackend();
        };
        _repository.Write("a/2/model.onnx", "");
        _repository.Write("b/2/model.onnx", "");
        await ScanAsync(1);

        var scan = _poll!.ScanAsync(CancellationToken.None);
        await Patience.Wait(Bench.Time.Made(RepositoryPoll.MaxWait));
        Bench.Time.Advance(RepositoryPoll.MaxWait);
        await Patience.Wait(scan);
        // Those that are not done are left alone.
        await ScanAsync(1);

        Assert.Equal((1, 2), (VersionOf("a"), VersionOf("b")));
        Assert.Contains(_log.Collector.GetSnapshot(), record => record.Message.Contains("The change of model a takes long", StringComparison.Ordinal));

        release.Set();
        await Patience.Wait(Bench.Lifecycle.LoadAsync("a"));
        await ScanAsync(2);
        Assert.Equal((2, ""), (VersionOf("a"), Reason("a")));
    }

    private void Begin()
    {
        _poll = new RepositoryPoll(_repository.Open(), Bench.Lifecycle, new ModelRegistryOptions(), _log, Bench.Time);
        _poll.Begin();
        Bench.Load();
    }

    private async Task ScanAsync(int times)
    {
        for (var i = 0; i < times; i++)
            await Patience.Wait(_poll!.ScanAsync(CancellationToken.None));
    }

    private string Reason(string name) => Bench.StatusOf(name).Reason;

    private int VersionOf(string name)
    {
        using var lease = Bench.Acquire(name);
        return lease.Model.Version;
    }
}
