using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using SeqServe.Core.Registry;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

public sealed class RepositoryPollTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();
    private readonly Lazy<RegistryBench> _bench;
    private RepositoryPoll? _poll;

    public RepositoryPollTests() => _bench = new(() => new RegistryBench(_repository, new ModelRegistryOptions { Models = Only }));

    private string[] Only { get; set; } = [];

    private RegistryBench Bench => _bench.Value;

    public void Dispose()
    {
        Bench.Dispose();
        _repository.Dispose();
    }

    [Fact]
    public async Task Scan_NothingChanged_LoadsNothing()
    {
        _repository.AddFake("a");
        Begin();

        await ScanAsync(3);

        Assert.Equal(1, Bench.Backends.Opens);
    }

    [Fact]
    public async Task Scan_NewVersion_IsLoadedOnceTwoScansFindTheSame()
    {
        _repository.AddFake("a");
        Begin();
        _repository.Write("a/2/model.onnx", "");

        await ScanAsync(1);
        Assert.Equal(1, VersionOf("a"));
        // Still being written: the wait begins again.
        _repository.Write("a/2/model.onnx", "more");
        await ScanAsync(1);
        Assert.Equal(1, VersionOf("a"));
        await ScanAsync(1);

        Assert.Equal(2, VersionOf("a"));
        await ScanAsync(2);
        Assert.Equal(2, Bench.Backends.Opens);
    }

    [Fact]
    public async Task Scan_FilesThatDifferFromTheManifest_AreNotLoadedUntilTheyAreWhole()
    {
        _repository.AddFake("a", json => json["files"] = new System.Text.Json.Nodes.JsonObject { ["1/model.onnx"] = Checksum("") });
        Begin();
        _repository.EditManifest("a", json => json["files"]!["1/model.onnx"] = Checksum("new"));
        await ScanAsync(3);
        Assert.Equal((1, ModelState.Ready), (Bench.Backends.Opens, Bench.StatusOf("a").State));
        Assert.Contains("model.onnx differs from its sha256", Bench.StatusOf("a").Reason, StringComparison.Ordinal);

        _repository.Write("a/1/model.onnx", "new");
        await ScanAsync(2);

        Assert.Equal((2, ""), (Bench.Backends.Opens, Bench.StatusOf("a").Reason));
    }

    [Fact]
    public async Task Scan_NewModel_IsLoaded()
    {
        Begin();
        _repository.AddFake("b");

        await ScanAsync(2);

        Assert.Equal(1, VersionOf("b"));
    }

    [Fact]
    public async Task Scan_RemovedModel_IsUnloaded()
    {
        _repository.AddFake("a");
        Begin();
        Directory.Delete(_repository.Of("a"), recursive: true);

        await ScanAsync(1);
        Assert.Equal(ModelState.Ready, Bench.StatusOf("a").State);
        await ScanAsync(1);

        Assert.Equal(ModelState.Unavailable, Bench.StatusOf("a").State);
    }

    [Fact]
    public async Task Scan_RemovedModelThatStillAnswers_HoldsUpNoOther()
    {
        _repository.AddFake("a");
        Begin();
        using var lease = Bench.Acquire("a");
        Directory.Delete(_repository.Of("a"), recursive: true);
        _repository.AddFake("b");

        await ScanAsync(2);

        Assert.Equal((ModelState.Unloading, ModelState.Ready), (Bench.StatusOf("a").State, Bench.StatusOf("b").State));
    }

    [Fact]
    public async Task Scan_RepositoryThatIsAway_UnloadsNothing()
    {
        _repository.AddFake("a");
        Begin();
        Directory.Move(_repository.Root, _repository.Root + "-away");
        try
        {
            await ScanAsync(3);
            Assert.Equal(1, VersionOf("a"));
        }
        finally
        {
            Directory.Move(_repository.Root + "-away", _repository.Root);
        }
    }

    [Fact]
    public async Task Scan_ModelThatTheConfigurationDoesNotName_IsLeftAlone()
    {
        Only = ["a"];
        _repository.AddFake("a");
        Begin();
        _repository.AddFake("b");

        await ScanAsync(2);

        Assert.Equal(["a"], Bench.Registry.List().Select(m => m.Name));
    }

    [Fact]
    public async Task Scan_ManifestWithAFault_ServesOnAndSaysWhy()
    {
        _repository.AddFake("a");
        Begin();
        _repository.EditManifest("a", json => json.Remove("labels"));

        await ScanAsync(2);

        Assert.Equal((1, ModelState.Ready), (Bench.Backends.Opens, Bench.StatusOf("a").State));
        Assert.Contains("a/model.json: labels", Bench.StatusOf("a").Reason, StringComparison.Ordinal);
        Assert.Equal(1, VersionOf("a"));
    }

    [Fact]
    public async Task Scan_NewModelWithAFault_IsShownWithIt()
    {
        Begin();
        _repository.AddFake("b", json => json.Remove("labels"));

        await ScanAsync(2);

        Assert.Equal(ModelState.Unavailable, Bench.StatusOf("b").State);
        Assert.Contains("b/model.json: labels", Bench.StatusOf("b").Reason, StringComparison.Ordinal);
        Assert.False(Bench.Registry.Describe("b").IsExpected);
    }

    [Fact]
    public async Task Scan_UnavailableModelWithAnotherFault_ShowsThatOne()
    {
        _repository.AddFake("a", json => json.Remove("labels"));
        Begin();
        _repository.EditManifest("a", json =>
        {
            json["labels"] = "labels.txt";
            json.Remove("tokenizer");
        });

        await ScanAsync(2);

        Assert.Equal(ModelState.Unavailable, Bench.StatusOf("a").State);
        Assert.StartsWith("a/model.json: tokenizer", Bench.StatusOf("a").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_RepositoryThatGoesAwayBetweenTwoModels_TriesTheSecondAgain()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        Begin();
        _repository.Write("a/2/model.onnx", "");
        _repository.Write("b/2/model.onnx", "");
        await ScanAsync(1);
        var away = _repository.Root + "-away";
        Bench.Backends.Make = _ =>
        {
            if (Directory.Exists(_repository.Root))
                Directory.Move(_repository.Root, away);
            return new FakeEncoderBackend();
        };

        try
        {
            await ScanAsync(1);
            Assert.Equal((ModelState.Ready, 1), (Bench.StatusOf("b").State, VersionOf("b")));
            Assert.Contains("its folder cannot be read", Bench.StatusOf("b").Reason, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Move(away, _repository.Root);
        }

        Bench.Backends.Make = static _ => new FakeEncoderBackend();
        await ScanAsync(1);

        Assert.Equal((2, ""), (VersionOf("b"), Bench.StatusOf("b").Reason));
    }

    [Fact]
    public async Task Scan_FolderThatCannotBeRead_KeepsNoOtherModelFromBeingLoaded()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        // The configuration is asked between the listing of the folders and the reading of each.
        var asked = new CallbackList(["a", "b"]);
        Begin(asked);
        _repository.Write("b/2/model.onnx", "");
        asked.OnRead = () => Directory.Delete(_repository.Of("a"), recursive: true);

        await ScanAsync(1);
        asked.OnRead = null;
        await ScanAsync(1);

        Assert.Equal((1, 2), (VersionOf("a"), VersionOf("b")));
    }

    [Fact]
    public async Task Scan_FolderThatCannotBeReadTwice_IsToldUntilItCan()
    {
        _repository.AddFake("a");
        var asked = new CallbackList(["a"]);
        Begin(asked);
        for (var scan = 0; scan < 2; scan++)
        {
            asked.OnRead = () => Directory.Move(_repository.Of("a"), _repository.Root + "-away");
            await ScanAsync(1);
            Directory.Move(_repository.Root + "-away", _repository.Of("a"));
            Assert.Equal(scan == 1, Bench.StatusOf("a").Reason.Contains("its folder cannot be read", StringComparison.Ordinal));
        }

        await ScanAsync(2);

        Assert.Equal((ModelState.Ready, ""), (Bench.StatusOf("a").State, Bench.StatusOf("a").Reason));
    }

    [Fact]
    public async Task Scan_ModelWhoseChangeFailsUnforeseen_GoesOnWithTheNext()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        Begin(log: new FakeLogger<RepositoryPoll>(line =>
        {
            if (line.Contains("model a has changed; it is reloaded", StringComparison.Ordinal))
                throw new InvalidOperationException("A secret path.");
        }));
        _repository.Write("a/2/model.onnx", "");
        _repository.Write("b/2/model.onnx", "");

        await ScanAsync(2);

        Assert.Equal((1, 2), (VersionOf("a"), VersionOf("b")));
        Assert.EndsWith("failed to load; the log has the cause", Bench.StatusOf("a").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_FileThatCannotBeReadWhileTheModelLoads_IsTriedAgain()
    {
        _repository.AddFake("a");
        Begin();
        _repository.Write("a/2/model.onnx", "");
        Bench.Backends.Make = static _ => throw new IOException("the network file system hangs");

        await ScanAsync(2);
        Assert.Contains("A file of version 2 cannot be read", Bench.StatusOf("a").Reason, StringComparison.Ordinal);
        Bench.Backends.Make = static _ => new FakeEncoderBackend();
        await ScanAsync(1);

        Assert.Equal((2, ""), (VersionOf("a"), Bench.StatusOf("a").Reason));
        await ScanAsync(2);
        Assert.Equal(2, Bench.Backends.Opens);
    }

    [Fact]
    public async Task Scan_Cancelled_LoadsNoFurtherModel()
    {
        _repository.AddFake("a");
        Begin();
        _repository.Write("a/2/model.onnx", "");
        await ScanAsync(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _poll!.ScanAsync(new CancellationToken(canceled: true)));

        Assert.Equal(1, Bench.Backends.Opens);
    }

    private static string Checksum(string content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}";

    private void Begin(IReadOnlyList<string>? only = null, ILogger<RepositoryPoll>? log = null)
    {
        var options = new ModelRegistryOptions { Models = only ?? Only };
        _poll = new RepositoryPoll(_repository.Open(), Bench.Lifecycle, options, log ?? NullLogger<RepositoryPoll>.Instance);
        _poll.Begin();
        Bench.Load();
    }

    private async Task ScanAsync(int times)
    {
        for (var i = 0; i < times; i++)
            await Patience.Wait(_poll!.ScanAsync(CancellationToken.None));
    }

    private int VersionOf(string name)
    {
        using var lease = Bench.Acquire(name);
        return lease.Model.Version;
    }

    /// <summary>A list that says when it is read.</summary>
    private sealed class CallbackList(IReadOnlyList<string> items) : IReadOnlyList<string>
    {
        public Action? OnRead { get; set; }

        public int Count => items.Count;

        public string this[int index] => items[index];

        public IEnumerator<string> GetEnumerator()
        {
            OnRead?.Invoke();
            OnRead = null;
            return items.GetEnumerator();
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
