using SeqServe.Core.Registry;
using SeqServe.Core.Registry.Golden;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Registry;

/// <summary>Files of a model that are not what they should be: each costs its own model, and none a wait or the server's memory.</summary>
public sealed class UntrustedFilesTests : IDisposable
{
    private readonly TemporaryRepository _repository = new();
    private readonly TemporaryFolder _outside = new();

    public UntrustedFilesTests() => _repository.AddFake("a");

    public void Dispose()
    {
        _repository.Dispose();
        _outside.Dispose();
    }

    [LinuxTheory]
    [InlineData("labels.txt", "labels names \"labels.txt\", which is a named pipe")]
    [InlineData("tokenizer.model", "tokenizer.file names \"tokenizer.model\", which is a named pipe")]
    [InlineData("1/model.onnx", "graphs.model names \"model.onnx\", which is a named pipe")]
    [InlineData("1/golden.json", "golden.json is a named pipe")]
    public void Load_PipeInThePlaceOfAFile_SaysSo(string file, string reason)
    {
        SpecialFiles.MakePipe(_repository.Of("a", file));

        Assert.StartsWith(reason, Reason(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels.txt", "labels names")]
    [InlineData("tokenizer.model", "tokenizer.file names")]
    [InlineData("1/model.onnx", "graphs.model names")]
    [InlineData("1/golden.json", "golden.json")]
    public void Load_LinkOutOfTheRepository_IsRefused(string file, string reason)
    {
        _outside.Write("file", "negative\npositive\n");
        File.Delete(_repository.Of("a", file));
        File.CreateSymbolicLink(_repository.Of("a", file), _outside.Of("file"));

        Assert.StartsWith(reason, Reason(), StringComparison.Ordinal);
        Assert.Contains("is a link that leads out of the repository", Reason(), StringComparison.Ordinal);
        Assert.DoesNotContain(_outside.Path, Reason(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels.txt", "more than 64 MiB")]
    [InlineData("tokenizer.model", "more than 64 MiB")]
    [InlineData("1/golden.json", "more than 1 MiB")]
    public void Load_HugeFile_IsRefused(string file, string reason)
    {
        SpecialFiles.MakeSparse(_repository.Of("a", file), 8L << 30);

        Assert.Contains(reason, Reason(), StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Load_ChecksumOfWhatIsNoFile_IsAFault()
    {
        _repository.EditManifest("a", json => json["files"] = new System.Text.Json.Nodes.JsonObject { ["pipe"] = "sha256:" + new string('0', 64) });
        SpecialFiles.MakePipe(_repository.Of("a", "pipe"));

        Assert.StartsWith("pipe is a named pipe", Reason(), StringComparison.Ordinal);
    }

    // Its checksum would take hours.
    [Fact]
    public void Load_ChecksumOfAFileThatSaysItIsEndless_IsAFault()
    {
        _repository.EditManifest("a", json => json["files"] = new System.Text.Json.Nodes.JsonObject { ["weights"] = "sha256:" + new string('0', 64) });
        SpecialFiles.MakeSparse(_repository.Of("a", "weights"), 1L << 40);

        Assert.StartsWith("weights has more than 64 GiB", Reason(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LabelThatIsTooLong_IsRefused()
    {
        _repository.Write("a/labels.txt", $"negative\n{new string('x', 1025)}\n");

        Assert.Equal("labels.txt holds a label of 1025 characters; write at most 1024.", Reason());
    }

    // As Hugging Face's cache keeps models: files are links to blobs beside the snapshots.
    [Fact]
    public void Load_FilesThatAreLinksInsideOfTheRepository_AreRead()
    {
        foreach (var file in new[] { "labels.txt", "tokenizer.model", "1/model.onnx", "model.json" })
        {
            var blob = _repository.Of("blobs", $"{file.GetHashCode(StringComparison.Ordinal):x}");
            Directory.CreateDirectory(_repository.Of("blobs"));
            File.Move(_repository.Of("a", file), blob);
            File.CreateSymbolicLink(_repository.Of("a", file), blob);
        }

        using var bench = Load();

        Assert.Equal((ModelState.Ready, ""), (bench.StatusOf("a").State, bench.StatusOf("a").Reason));
    }

    [Fact]
    public void Load_GraphThatLeadsBackInByAFolderThatLeadsOut_IsRefused()
    {
        File.CreateSymbolicLink(_outside.Of("model.onnx"), _repository.Of("a", "1", "model.onnx"));
        Directory.CreateSymbolicLink(_repository.Of("a", "2"), _outside.Path);

        Assert.Contains("leads out of the repository", Reason(), StringComparison.Ordinal);
    }

    private RegistryBench Load() => new RegistryBench(_repository, acceptance: new GoldenCheck(ShippedTasks.Catalog).Accept).Load();

    private string Reason()
    {
        using var bench = Load();
        Assert.Equal(ModelState.Unavailable, bench.StatusOf("a").State);
        return bench.StatusOf("a").Reason;
    }
}
