using SeqServe.Core.Repository;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Repository;

public sealed class FolderFingerprintTests : IDisposable
{
    private readonly TemporaryFolder _root = new();
    private readonly TemporaryFolder _outside = new();

    public FolderFingerprintTests()
    {
        _root.Write("a/model.json", "{}");
        _root.Write("a/1/model.onnx", "graph");
        _root.Write("blobs/x", "one");
    }

    public void Dispose()
    {
        _root.Dispose();
        _outside.Dispose();
    }

    [Fact]
    public void Of_UnchangedFolder_IsTheSame() => Assert.Equal(Fingerprint(), Fingerprint());

    [Theory]
    [InlineData("a/1/model.onnx", "graph2")]
    [InlineData("a/2/model.onnx", "graph")]
    [InlineData("a/.hidden", "")]
    public void Of_ChangedOrNewFile_IsAnother(string file, string content)
    {
        var before = Fingerprint();

        _root.Write(file, content);

        Assert.NotEqual(before, Fingerprint());
    }

    [Theory]
    [InlineData("1/linked", "../../blobs/x")]
    [InlineData("linked", "../blobs")]
    public void Of_LinkInsideOfTheRepository_ChangesWithWhatItLeadsTo(string link, string target)
    {
        File.CreateSymbolicLink(_root.Of("a", link), target);
        var before = Fingerprint();

        _root.Write("blobs/x", "other");

        Assert.NotEqual(before, Fingerprint());
    }

    [Fact]
    public void Of_LinkOutOfTheRepository_IsNotFollowed()
    {
        Directory.CreateSymbolicLink(_root.Of("a", "out"), _outside.Path);
        var before = Fingerprint();

        _outside.Write("file", "");

        Assert.Equal(before, Fingerprint());
    }

    [Fact]
    public void Of_ModelThatIsALinkOutOfTheRepository_IsNotWalked()
    {
        Directory.CreateSymbolicLink(_root.Of("b"), _outside.Path);
        var before = FolderFingerprint.Of(_root.Of("b"), _root.Path);

        _outside.Write("file", "");

        Assert.Equal(before, FolderFingerprint.Of(_root.Of("b"), _root.Path));
    }

    // Each such link would else multiply the walk by the size of the repository.
    [Fact]
    public void Of_LinksBackUp_AreWalkedOnce()
    {
        for (var i = 0; i < 20; i++)
        {
            Directory.CreateSymbolicLink(_root.Of("a", $"up{i}"), "..");
            Directory.CreateSymbolicLink(_root.Of("a", "1", $"up{i}"), "../..");
        }

        Directory.CreateSymbolicLink(_root.Of("a", "circle"), "circle");

        Assert.Equal(Fingerprint(), Fingerprint());
    }

    [LinuxFact]
    public void Of_FolderWithAPipeAndADevice_IsTheSameEachTime()
    {
        SpecialFiles.MakePipe(_root.Of("a", "pipe"));
        File.CreateSymbolicLink(_root.Of("a", "endless"), SpecialFiles.Endless);

        Assert.Equal(Fingerprint(), Fingerprint());
    }

    private string Fingerprint() => FolderFingerprint.Of(_root.Of("a"), _root.Path);
}
