using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

public sealed class ServedModelLifetimeTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task Lease_OfARetiredModel_KeepsItUntilTheLastIsReleased()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        var backend = bench.Backends.Of("a");
        var first = bench.Acquire("a");
        var second = bench.Acquire("a");

        bench.Registry.Dispose();
        first.Dispose();
        await bench.RetiredAsync();
        Assert.Equal(0, backend.Disposals);

        second.Dispose();
        await bench.RetiredAsync();
        Assert.Equal(1, backend.Disposals);
    }

    [Fact]
    public async Task Dispose_WhileAModelLoads_DisposesThatModelToo()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository);
        bench.Backends.Make = _ =>
        {
            bench.Registry.Dispose();
            return new FakeEncoderBackend();
        };

        bench.Load();
        await bench.RetiredAsync();

        Assert.Equal(1, bench.Backends.Of("a").Disposals);
        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a").State);
    }

    [Fact]
    public async Task Lease_DisposedTwice_EndsOneHoldOnly()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        using var other = bench.Acquire("a");
        var lease = bench.Acquire("a");

        lease.Dispose();
        lease.Dispose();
        bench.Registry.Dispose();
        await bench.RetiredAsync();

        Assert.Equal(0, bench.Backends.Of("a").Disposals);
        Assert.Throws<ObjectDisposedException>(() => lease.Model);
    }

    [Fact]
    public void Lease_WhileItLasts_CountsAsInFlight()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();

        var lease = bench.Acquire("a");
        var metrics = lease.Model.Metrics;
        Assert.Equal(1, metrics.InFlight);
        lease.Dispose();

        Assert.Equal(0, metrics.InFlight);
    }

    [Fact]
    public async Task Dispose_WithoutLeases_DisposesEveryBackendOnce()
    {
        _repository.AddFake("a");
        _repository.AddFake("b");
        using var bench = new RegistryBench(_repository).Load();

        bench.Registry.Dispose();
        bench.Registry.Dispose();
        await bench.RetiredAsync();

        Assert.Equal((1, 1), (bench.Backends.Of("a").Disposals, bench.Backends.Of("b").Disposals));
        Assert.DoesNotContain(bench.Log.Collector.GetSnapshot(), line => line.Id.Id == EventIds.RetirementsUnfinished);
    }

    [Fact]
    public void Dispose_WhileARunGoesOn_EndsIt()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();
        using var lease = bench.Acquire("a");
        using var run = lease.Model.Runs.Begin();
        Assert.Null(run.Reason);

        bench.Registry.Dispose();

        Assert.Equal(ServingErrorCode.Draining, Assert.IsType<ServingException>(run.Reason).Code);
    }

    [Fact]
    public void Load_Refused_DisposesTheBackendItOpened()
    {
        _repository.AddFake("a");
        _repository.Write("a/labels.txt", "one\ntwo\nthree\n");
        using var bench = new RegistryBench(_repository).Load();

        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a").State);
        Assert.Equal(1, bench.Backends.Of("a").Disposals);
    }

    [Fact]
    public void Load_WarmsUpWithTheLastIdAndTheLongestText()
    {
        _repository.AddFake("a", json => json["limits"]!["max_input_tokens"] = 77);
        using var bench = new RegistryBench(_repository).Load();
        using var lease = bench.Acquire("a");

        var batches = bench.Backends.Of("a").Batches;

        Assert.Contains(batches, b => b.Any(row => row.Contains(lease.Model.Tokenizer.VocabularySize - 1)));
        Assert.Contains(batches, b => b.Any(row => row.Length == 77));
    }

    [Fact]
    public void Versions_PolicyAll_ServeSideBySideAndTheNewestByDefault()
    {
        _repository.AddFake("a", json => json["version_policy"] = "all", 1, 2);
        using var bench = new RegistryBench(_repository).Load();

        using var newest = bench.Acquire("a");
        using var first = bench.Acquire("a", 1);

        Assert.Equal((2, 1), (newest.Model.Version, first.Model.Version));
        Assert.Equal([1, 2], bench.Registry.Describe("a").Versions.Select(v => v.Version));
    }

    [Fact]
    public void Versions_NewestFails_OlderGoesOn()
    {
        _repository.AddFake("a", json => json["version_policy"] = "all", 1, 2);
        File.Delete(_repository.Of("a", "2", "model.onnx"));
        using var bench = new RegistryBench(_repository).Load();

        using var lease = bench.Acquire("a");

        Assert.Equal(1, lease.Model.Version);
        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a", 2).State);
        Assert.True(bench.Registry.Describe("a").IsReady);
    }

    [Fact]
    public void Versions_ChecksumOfAnother_DoesNotStopThisOne()
    {
        _repository.AddFake("a", json => json["files"] = new System.Text.Json.Nodes.JsonObject { ["2/model.onnx"] = $"sha256:{new string('0', 64)}" });
        using var bench = new RegistryBench(_repository).Load();

        Assert.Equal(ModelState.Ready, bench.StatusOf("a").State);
    }
}
