using System.Text;
using SeqServe.Core.Files;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Files;

public sealed class RegularFileTests : IDisposable
{
    private const string Content = "content";

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _outside = new();

    public RegularFileTests()
    {
        _folder.Write("root/model/file", Content);
        _outside.Write("secret", Content);
    }

    private string Root => _folder.Of("root");

    public void Dispose()
    {
        _folder.Dispose();
        _outside.Dispose();
    }

    [Fact]
    public void Read_PlainFile_IsItsContent() => Assert.Equal(Content, Read("root/model/file"));

    [Theory]
    [InlineData(7, true)]
    [InlineData(6, false)]
    public void Read_FileOfALimit_IsRefusedAboveIt(int most, bool fits)
    {
        var refusal = Record.Exception(() => RegularFile.Read(_folder.Of("root", "model", "file"), most, Root));

        Assert.Equal(fits, refusal is null);
        Assert.True(refusal is null or FileRefusedException);
    }

    [Fact]
    public void Read_HugeFile_IsRefusedUnread()
    {
        SpecialFiles.MakeSparse(_folder.Of("root", "huge"), 1L << 40);

        Assert.Contains("more than 64 MiB", Refusal("root/huge", 64 << 20), StringComparison.Ordinal);
    }

    // The files of /proc say that they are empty, and grow while they are read.
    [LinuxTheory]
    [InlineData(1 << 20, true)]
    [InlineData(16, false)]
    public void Read_FileThatHasMoreThanItSays_IsReadUpToTheLimit(int most, bool fits)
    {
        if (fits)
            Assert.Contains("Pid:", Encoding.UTF8.GetString(RegularFile.Read("/proc/self/status", most)), StringComparison.Ordinal);
        else
            Assert.Throws<FileRefusedException>(() => RegularFile.Read("/proc/self/status", most));
    }

    [Fact]
    public void Open_Folder_IsRefused() => Assert.StartsWith("is a folder", Refusal("root/model"), StringComparison.Ordinal);

    [Fact]
    public void Open_AbsentFile_IsNotFound() => Assert.Throws<FileNotFoundException>(() => Read("root/absent"));

    [Fact]
    public void Open_LinkInACircle_IsAnIoFault()
    {
        File.CreateSymbolicLink(_folder.Of("root", "circle"), "circle");

        Assert.IsAssignableFrom<IOException>(Record.Exception(() => Read("root/circle")));
    }

    [Theory]
    [InlineData("model/file")]
    [InlineData("../root/model/file")]
    public void Open_LinkInsideOfTheRoot_IsFollowed(string target)
    {
        File.CreateSymbolicLink(_folder.Of("root", "link"), target);

        Assert.Equal(Content, Read("root/link"));
    }

    // As Kubernetes mounts a ConfigMap.
    [Fact]
    public void Open_LinkThroughALinkedFolderOfTheRoot_IsFollowed()
    {
        _folder.Write("root/map/..2026_11/model.json", Content);
        Directory.CreateSymbolicLink(_folder.Of("root", "map", "..data"), "..2026_11");
        File.CreateSymbolicLink(_folder.Of("root", "map", "model.json"), "..data/model.json");

        Assert.Equal(Content, Read("root/map/model.json"));
    }

    [Fact]
    public void Open_RootThatIsALinkItself_IsFollowedOnBothSides()
    {
        Directory.CreateSymbolicLink(_folder.Of("alias"), "root");

        Assert.Equal(Content, Encoding.UTF8.GetString(RegularFile.Read(_folder.Of("alias", "model", "file"), 1 << 20, _folder.Of("alias"))));
    }

    [Fact]
    public void Open_LinkOutOfTheRoot_IsRefused()
    {
        File.CreateSymbolicLink(_folder.Of("root", "link"), _outside.Of("secret"));
        Directory.CreateSymbolicLink(_folder.Of("root", "folder"), _outside.Path);
        File.CreateSymbolicLink(_folder.Of("root", "second"), "link");

        Assert.All(
            new[] { "root/link", "root/folder/secret", "root/second" },
            path => Assert.StartsWith("is a link that leads out of the repository", Refusal(path), StringComparison.Ordinal));
    }

    [LinuxFact]
    public void Open_WhatIsNoRegularFile_IsRefusedWithoutWaiting()
    {
        SpecialFiles.MakePipe(_folder.Of("root", "pipe"));
        File.CreateSymbolicLink(_folder.Of("root", "linked"), "pipe");
        using var socket = SpecialFiles.MakeSocket(_folder.Of("root", "socket"));

        Assert.StartsWith("is a named pipe", Refusal("root/pipe"), StringComparison.Ordinal);
        Assert.StartsWith("is a named pipe", Refusal("root/linked"), StringComparison.Ordinal);
        Assert.StartsWith("is a socket", Refusal("root/socket"), StringComparison.Ordinal);
        Assert.StartsWith("is a device", Assert.Throws<FileRefusedException>(() => RegularFile.Open(SpecialFiles.Endless)).Message, StringComparison.Ordinal);
    }

    // Nothing is told of what lies outside, not even its kind.
    [LinuxFact]
    public void Open_LinkToADevice_IsRefusedAsALinkOut()
    {
        File.CreateSymbolicLink(_folder.Of("root", "endless"), SpecialFiles.Endless);

        Assert.Contains("leads out", Refusal("root/endless"), StringComparison.Ordinal);
    }

    // Between a look at a path and its opening anything can be put there.
    [LinuxFact]
    public async Task Open_FileThatIsSwappedForAPipeAllTheTime_NeverWaits()
    {
        SpecialFiles.MakePipe(_folder.Of("root", "pipe"));
        var place = _folder.Of("root", "swapped");
        File.CreateSymbolicLink(place, "pipe");
        using var done = new CancellationTokenSource();
        var swaps = Task.Run(() =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++)
            {
                File.CreateSymbolicLink(place + "-new", i % 2 == 0 ? "model/file" : "pipe");
                File.Move(place + "-new", place, overwrite: true);
            }
        });

        await Patience.Wait(Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var refusal = Record.Exception(() => Assert.Equal(Content, Read("root/swapped")));
                Assert.True(refusal is null or FileRefusedException, refusal?.ToString());
            }
        }));

        await done.CancelAsync();
        await Patience.Wait(swaps);
    }

    [Fact]
    public void Open_ForOneself_KeepsOthersOut()
    {
        using var first = RegularFile.Open(_folder.Of("root", "model", "file"), share: FileShare.None);

        Assert.Throws<IOException>(() => RegularFile.Open(_folder.Of("root", "model", "file"), share: FileShare.None));
    }

    private string Read(string path) => Encoding.UTF8.GetString(RegularFile.Read(_folder.Of(path), 1 << 20, Root));

    private string Refusal(string path, int most = 1 << 20)
    {
        var message = Assert.Throws<FileRefusedException>(() => RegularFile.Read(_folder.Of(path), most, Root)).Message;
        Assert.DoesNotContain(_folder.Path, message, StringComparison.Ordinal);
        Assert.DoesNotContain(_outside.Path, message, StringComparison.Ordinal);
        return message;
    }
}
