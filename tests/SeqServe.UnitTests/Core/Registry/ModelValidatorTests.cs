using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SeqServe.Core.Registry;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

public sealed class ModelValidatorTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public void Validate_ModelWithChecksums_FindsNothingAndLeavesNothingOpen()
    {
        AddWithChecksums();
        using var bench = new RegistryBench(_repository);

        Assert.Empty(Validate(bench));

        Assert.Equal((1, 1), (bench.Backends.Opens, bench.Backends.Of("a").Disposals));
    }

    [Fact]
    public void Validate_ModelWithoutChecksums_RemarksItOnceForAllVersions()
    {
        _repository.AddFake("a", json => json["version_policy"] = "all", 1, 2);
        using var bench = new RegistryBench(_repository);

        var finding = Assert.Single(Validate(bench));

        Assert.Equal(((int?)null, FindingKind.Remark), (finding.Version, finding.Kind));
        Assert.Contains("lists no checksums", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_FaultyManifest_IsTheOneFault()
    {
        _repository.AddFake("a", json => json.Remove("labels"));
        using var bench = new RegistryBench(_repository);

        var finding = Assert.Single(Validate(bench));

        Assert.Equal(((int?)null, FindingKind.Fault), (finding.Version, finding.Kind));
        Assert.Contains("labels: is missing", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SeveralFaults_FindsEachOnce()
    {
        AddWithChecksums();
        _repository.Write("a/labels.txt", "same\nsame\n");
        using var bench = new RegistryBench(_repository);

        var findings = Validate(bench);

        Assert.All(findings, finding => Assert.Equal(((int?)1, FindingKind.Fault), (finding.Version, finding.Kind)));
        Assert.Equal(2, findings.Count);
        Assert.Contains("labels.txt differs from its sha256", findings[0].Text, StringComparison.Ordinal);
        Assert.Contains("holds a label twice", findings[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_VersionWithoutAFolder_SaysSo()
    {
        AddWithChecksums();
        _repository.EditManifest("a", json => json["version_policy"] = JsonNode.Parse("""{ "specific": [1, 7] }"""));
        using var bench = new RegistryBench(_repository);

        var finding = Assert.Single(Validate(bench));

        Assert.Equal(((int?)7, FindingKind.Fault), (finding.Version, finding.Kind));
        Assert.Contains("which has no folder", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_RuntimeThatThrowsAnything_IsAFaultToo()
    {
        AddWithChecksums();
        using var bench = new RegistryBench(_repository);
        bench.Backends.Make = static _ => throw new InvalidOperationException("what nobody thought of");

        var finding = Assert.Single(Validate(bench));

        Assert.Equal("fails with an unexpected error: InvalidOperationException: what nobody thought of", finding.Text);
        Assert.Equal(FindingKind.Fault, finding.Kind);
    }

    [Fact]
    public void Validate_RowsThatDependOnTheirNeighbours_IsARemark()
    {
        AddWithChecksums();
        using var bench = new RegistryBench(_repository);
        var answers = 0;
        bench.Backends.Make = _ => new FakeEncoderBackend { Answer = _ => [answers++, 0] };

        var finding = Assert.Single(Validate(bench));

        Assert.Equal(((int?)1, FindingKind.Remark), (finding.Version, finding.Kind));
        Assert.StartsWith("a row's answer depends on its padding or its neighbours", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ModelThatServes_SaysWhatWasRecognised()
    {
        AddWithChecksums();
        using var bench = new RegistryBench(_repository);

        var facts = new ModelValidator(new ModelLoader(ShippedTasks.Catalog, bench.Services)).Validate(_repository.Open().Find("a")!);

        Assert.All(facts, fact => Assert.Equal(((int?)1, FindingKind.Fact), (fact.Version, fact.Kind)));
        Assert.Contains(facts, fact => fact.Text.StartsWith("task classification", StringComparison.Ordinal));
        Assert.Contains(facts, fact => fact.Text.Contains("gives label", StringComparison.Ordinal));
    }

    // What is wrong or worth knowing.
    private List<ModelFinding> Validate(RegistryBench bench) =>
    [
        .. new ModelValidator(new ModelLoader(ShippedTasks.Catalog, bench.Services)).Validate(_repository.Open().Find("a")!)
            .Where(finding => finding.Kind != FindingKind.Fact),
    ];

    private void AddWithChecksums()
    {
        _repository.AddFake("a");
        var files = new JsonObject();
        foreach (var file in new[] { "labels.txt", "tokenizer.model", "1/model.onnx" })
            files[file] = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_repository.Of("a", file))))}";
        _repository.EditManifest("a", json => json["files"] = files);
    }
}
