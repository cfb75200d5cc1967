using Microsoft.Extensions.Logging.Abstractions;
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
    public async Task Look_NothingChanged_LoadsNothing()
    {
        _repository.AddFake("a");
        Begin();

        await LookAsync(3);

        Assert.Equal(1, Bench.Backends.Opens);
    }

    [Fact]
    public async Task Look_NewVersion_IsLoadedOnceItLooksTheSameTwice()
    {
        _repository.AddFake("a");
        Begin();
        _repository.Write("a/2/model.onnx", "");

        await LookAsync(1);
        Assert.Equal(1, VersionOf("a"));
        // Still being written: the wait begins anew.
        _repository.Write("a/2/model.onnx", "more");
        await LookAsync(1);
        Assert.Equal(1, VersionOf("a"));
        await LookAsync(1);

        Assert.Equal(2, VersionOf("a"));
        await LookAsync(2);
        Assert.Equal(2, Bench.Backends.Opens);
    }

    [Fact]
    public async Task Look_FilesThatDifferFromTheManifest_AreNotLoadedUntilTheyAreWhole()
    {
        _repository.AddFake("a", json => json["files"] = new System.Text.Json.Nodes.JsonObject { ["1/model.onnx"] = Checksum("") });
        Begin();
        _repository.EditManifest("a", json => json["files"]!["1/model.onnx"] = Checksum("new"));
        await LookAsync(3);
        Assert.Equal((1, ""), (Bench.Backends.Opens, Bench.StatusOf("a").Reason));

        _repository.Write("a/1/model.onnx", "new");
        await LookAsync(2);

        Assert.Equal(2, Bench.Backends.Opens);
    }

    [Fact]
    public async Task Look_NewModel_IsLoaded()
    {
        Begin();
        _repository.AddFake("b");

        await LookAsync(2);

        Assert.Equal(1, VersionOf("b"));
    }

    [Fact]
    public async Task Look_ModelThatIsGone_IsUnloaded()
    {
        _repository.AddFake("a");
        Begin();
        Directory.Delete(_repository.Of("a"), recursive: true);

        await LookAsync(1);
        Assert.Equal(ModelState.Ready, Bench.StatusOf("a").State);
        await LookAsync(1);

        Assert.Equal(ModelState.Unavailable, Bench.StatusOf("a").State);
    }

    [Fact]
    public async Task Look_ModelThatIsGoneAndStillAnswers_HoldsUpNoOther()
    {
        _repository.AddFake("a");
        Begin();
        using var lease = Bench.Acquire("a");
        Directory.Delete(_repository.Of("a"), recursive: true);
        _repository.AddFake("b");

        await LookAsync(2);

        Assert.Equal((ModelState.Unloading, ModelState.Ready), (Bench.StatusOf("a").State, Bench.StatusOf("b").State));
    }

    [Fact]
    public async Task Look_RepositoryThatIsAway_UnloadsNothing()
    {
        _repository.AddFake("a");
        Begin();
        Directory.Move(_repository.Root, _repository.Root + "-away");
        try
        {
            await LookAsync(3);
            Assert.Equal(1, VersionOf("a"));
        }
        finally
        {
            Directory.Move(_repository.Root + "-away", _repository.Root);
        }
    }

    [Fact]
    public async Task Look_ModelThatTheConfigurationDoesNotName_IsLeftAlone()
    {
        Only = ["a"];
        _repository.AddFake("a");
        Begin();
        _repository.AddFake("b");

        await LookAsync(2);

        Assert.Equal(["a"], Bench.Registry.List().Select(m => m.Name));
    }

    private static string Checksum(string content) => $"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(content)))}";

    private void Begin()
    {
        _poll = new RepositoryPoll(_repository.Open(), Bench.Lifecycle, new ModelRegistryOptions { Models = Only }, NullLogger<RepositoryPoll>.Instance);
        _poll.Begin();
        Bench.Load();
    }

    private async Task LookAsync(int times)
    {
        for (var i = 0; i < times; i++)
            await Patience.Wait(_poll!.LookAsync(CancellationToken.None));
    }

    private int VersionOf(string name)
    {
        using var lease = Bench.Acquire(name);
        return lease.Model.Version;
    }
}
