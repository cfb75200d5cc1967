using SeqServe.Core.Files;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Files;

public sealed class RealPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _outside = new();

    public RealPathTests()
    {
        _folder.Write("model/1/a", "");
        _outside.Write("secret", "");
    }

    public void Dispose()
    {
        _folder.Dispose();
        _outside.Dispose();
    }

    [Fact]
    public void IsInside_PlainFile_IsTrue() => Assert.True(Inside("model/1/a"));

    [Fact]
    public void IsInside_SiblingWithTheSameBeginning_IsFalse()
    {
        _folder.Write("model2/a", "");

        Assert.False(Inside("model2/a"));
    }

    [Theory]
    [InlineData("../../model/1/a", true)]
    [InlineData("../1/../1/a", true)]
    [InlineData("../../../elsewhere", false)]
    public void IsInside_RelativeLink_IsFollowed(string target, bool expected)
    {
        File.CreateSymbolicLink(_folder.Of("model", "1", "link"), target);

        Assert.Equal(expected, Inside("model/1/link"));
    }

    [Fact]
    public void IsInside_FolderThatIsALinkItself_IsFollowedOnBothSides()
    {
        Directory.CreateSymbolicLink(_folder.Of("alias"), _folder.Of("model"));

        Assert.True(RealPath.IsInside(_folder.Of("alias", "1", "a"), _folder.Of("alias")));
    }

    [Fact]
    public void IsInside_LinkThroughALinkedFolder_IsFalse()
    {
        Directory.CreateSymbolicLink(_folder.Of("model", "2"), _outside.Path);

        Assert.False(Inside("model/2/secret"));
    }

    [Fact]
    public void Of_Circle_IsRefused()
    {
        File.CreateSymbolicLink(_folder.Of("x"), _folder.Of("y"));
        File.CreateSymbolicLink(_folder.Of("y"), _folder.Of("x"));

        Assert.Throws<IOException>(() => RealPath.Of(_folder.Of("x")));
    }

    private bool Inside(string file) => RealPath.IsInside(_folder.Of(file), _folder.Of("model"));
}
