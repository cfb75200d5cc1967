using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

public sealed class DefaultModelTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Acquire_NoName_TakesTheManifestsDefault()
    {
        _repository.AddFake("a");
        _repository.AddFake("b", json => json["default"] = true);

        Assert.Equal("b", DefaultOf(new RegistryBench(_repository)));
    }

    [Fact]
    public void Acquire_TwoClaimTheDefault_TakesTheFirstByName()
    {
        _repository.AddFake("b", json => json["default"] = true);
        _repository.AddFake("a", json => json["default"] = true);

        Assert.Equal("a", DefaultOf(new RegistryBench(_repository)));
    }

    [Fact]
    public void Acquire_ConfiguredDefault_ComesBeforeTheManifests()
    {
        _repository.AddFake("a");
        _repository.AddFake("b", json => json["default"] = true);
        var options = new ModelRegistryOptions { DefaultModels = new Dictionary<string, string> { ["classification"] = "a" } };

        Assert.Equal("a", DefaultOf(new RegistryBench(_repository, options)));
    }

    [Fact]
    public void Acquire_NoDefault_SaysToNameOne()
    {
        _repository.AddFake("a");
        using var bench = new RegistryBench(_repository).Load();

        var refusal = Assert.Throws<ServingException>(() => bench.Acquire());

        Assert.Equal(ServingErrorCode.ModelNotFound, refusal.Code);
        Assert.Contains("Name one in \"model\"", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Acquire_DefaultThatIsUnavailable_DoesNotFallBackToAnother()
    {
        _repository.AddFake("a", json => json["default"] = true);
        File.Delete(_repository.Of("a", "labels.txt"));
        _repository.AddFake("b");
        using var bench = new RegistryBench(_repository).Load();

        Assert.Equal(ServingErrorCode.ModelNotReady, Assert.Throws<ServingException>(() => bench.Acquire()).Code);
    }

    [Fact]
    public void Scan_ConfiguredDefaults_TellsThoseThatAreNotThereOrDoAnotherTask()
    {
        _repository.AddFake("a");
        _repository.AddFake("faulty", json => json.Remove("labels"));
        var defaults = new Dictionary<string, string> { ["classification"] = "a", ["translation"] = "a", ["embedding"] = "absent", ["tagging"] = "faulty" };
        using var bench = new RegistryBench(_repository, new ModelRegistryOptions { DefaultModels = defaults });

        var faults = bench.Registry.Scan();

        // Of what task a faulty one is nobody knows; its own fault is told elsewhere.
        Assert.Equal(
            [
                "SeqServe:DefaultModels:translation = a: the repository has no model of that name and task",
                "SeqServe:DefaultModels:embedding = absent: the repository has no model of that name and task",
            ],
            faults);
    }

    private static string DefaultOf(RegistryBench bench)
    {
        using (bench.Load())
        {
            using var lease = bench.Acquire();
            Assert.Equal([lease.Model.Manifest.Name], bench.Registry.List().Where(m => m.IsDefault).Select(m => m.Name));
            return lease.Model.Manifest.Name;
        }
    }
}
