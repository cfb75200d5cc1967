using System.Text;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Repository;

/// <summary>What a repository may hold that is no good model, whoever put it there.</summary>
public sealed class UntrustedRepositoryTests : IDisposable
{
    private const string Secret = "hunter2-very-secret";

    private readonly TemporaryRepository _repository = new();
    private readonly TemporaryFolder _outside = new();

    public UntrustedRepositoryTests()
    {
        _outside.Write("outside.json", $$"""{ "password": "{{Secret}}" }""");
        _repository.Write("a/1/model.onnx", "");
    }

    public void Dispose()
    {
        _repository.Dispose();
        _outside.Dispose();
    }

    [Fact]
    public void Scan_ManifestThatIsALinkOut_TellsNothingOfIt()
    {
        File.CreateSymbolicLink(_repository.Of("a", "model.json"), _outside.Of("outside.json"));

        var fault = Fault();

        Assert.StartsWith("a/model.json is a link that leads out of the repository", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, fault, StringComparison.Ordinal);
        Assert.DoesNotContain(_outside.Path, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_ModelThatIsALinkOut_IsNotLookedInto()
    {
        _outside.Write("model/model.json", $$"""{ "password": "{{Secret}}" }""");
        _outside.Write("model/7/model.onnx", "");
        Directory.CreateSymbolicLink(_repository.Of("b"), _outside.Of("model"));

        var model = _repository.Open().Find("b")!;

        Assert.StartsWith("b is a link that leads out of the repository", model.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, model.Fault, StringComparison.Ordinal);
        Assert.Empty(model.Versions);
    }

    [LinuxFact]
    public void Scan_ManifestThatIsNoFile_SaysWhatItIs()
    {
        SpecialFiles.MakePipe(_repository.Of("a", "model.json"));
        Assert.StartsWith("a/model.json is a named pipe", Fault(), StringComparison.Ordinal);

        File.Delete(_repository.Of("a", "model.json"));
        File.CreateSymbolicLink(_repository.Of("a", "model.json"), SpecialFiles.Endless);
        Assert.StartsWith("a/model.json is a link that leads out", Fault(), StringComparison.Ordinal);
    }

    // Else a model that has lost its manifest would be one of task tensor.
    [Fact]
    public void Scan_ManifestThatIsAFolderOrALinkToNothing_IsAFault()
    {
        Directory.CreateDirectory(_repository.Of("a", "model.json"));
        Assert.StartsWith("a/model.json is a folder", Fault(), StringComparison.Ordinal);

        Directory.Delete(_repository.Of("a", "model.json"));
        File.CreateSymbolicLink(_repository.Of("a", "model.json"), "..data/model.json");
        Assert.Contains("cannot be read", Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_ManifestAboveItsLimit_IsRefused()
    {
        SpecialFiles.MakeSparse(_repository.Of("a", "model.json"), 2L << 30);

        Assert.StartsWith("a/model.json has more than 1 MiB", Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_ManifestOfNothingButFaults_TellsTheFirst()
    {
        var keys = new StringBuilder("{");
        for (var i = 0; keys.Length < 1_000_000; i++)
            keys.Append(System.Globalization.CultureInfo.InvariantCulture, $"\"k{i}\":\"{Secret}\",");
        _repository.Write("a/model.json", keys + "}");

        var fault = Fault();

        Assert.Matches("; and [0-9]{5} more$", fault);
        Assert.True(fault.Length < 40_000, $"{fault.Length}");
    }

    [Fact]
    public void Scan_MoreVersionsThanAreServed_IsAFaultThatShowsSomeOfThem()
    {
        for (var version = 1; version <= 101; version++)
            Directory.CreateDirectory(_repository.Of("a", $"{version}"));
        _repository.Write("a/model.json", """{ "name": "a", "task": "tensor", "version_policy": "all" }""");
        Assert.Contains("selects 101 versions", Fault(), StringComparison.Ordinal);

        _repository.Write("a/model.json", """{ "name": "a", "task": "tensor", "version_policy": { "specific": [1] } }""");
        Assert.Null(_repository.Open().Find("a")!.Fault);
    }

    [Fact]
    public void Scan_ModelOfLinksInsideOfTheRepository_IsOne()
    {
        _repository.AddFake("shared");
        Directory.CreateDirectory(_repository.Of("b", "1"));
        _repository.Write("b/..2026/model.json", """{ "name": "b", "task": "tensor" }""");
        Directory.CreateSymbolicLink(_repository.Of("b", "..data"), "..2026");
        File.CreateSymbolicLink(_repository.Of("b", "model.json"), "..data/model.json");

        var model = _repository.Open().Find("b")!;

        Assert.Equal((null, "tensor"), (model.Fault, model.Manifest?.Task));
    }

    [Fact]
    public void FindUnclaimed_FoldersWithAVersionAndNoGraphOfTheRightName_AreNamed()
    {
        _repository.Write("b/1/model.pt", "");
        _repository.Write("c/readme.txt", "");
        _repository.AddFake("d");

        Assert.Equal(["b"], _repository.Open().FindUnclaimed());
    }

    private string Fault() => _repository.Open().Find("a")?.Fault ?? "";
}
