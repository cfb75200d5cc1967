using SeqServe.Onnx.Sessions;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx.Sessions;

public sealed class GraphFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void ClearLeftovers_FolderWhoseProcessIsGone_IsRemoved()
    {
        _temporary.Write("seqserve-graph-gone/lock", "");
        _temporary.Write("seqserve-graph-gone/weights.bin", "");

        Assert.Equal(1, GraphFolder.ClearLeftovers(_temporary.Path));

        Assert.Empty(Directory.GetFileSystemEntries(_temporary.Path));
    }

    [Fact]
    public void ClearLeftovers_FolderInUse_Stays()
    {
        using var used = new GraphFolder();
        File.WriteAllText(used.Of("weights.bin"), "");

        GraphFolder.ClearLeftovers();

        Assert.True(File.Exists(used.Of("weights.bin")));
    }

    [Fact]
    public void ClearLeftovers_WhatIsNotKnownToBeLeft_Stays()
    {
        using var elsewhere = new TemporaryFolder();
        elsewhere.Write("lock", "");
        Directory.CreateSymbolicLink(_temporary.Of("seqserve-graph-link"), elsewhere.Path);
        _temporary.Write("seqserve-graph-new/graph.onnx", "");
        _temporary.Write("seqserve-notes/lock", "");

        Assert.Equal(0, GraphFolder.ClearLeftovers(_temporary.Path));

        Assert.True(File.Exists(elsewhere.Of("lock")));
        Assert.True(File.Exists(_temporary.Of("seqserve-graph-new", "graph.onnx")));
        Assert.True(File.Exists(_temporary.Of("seqserve-notes", "lock")));
    }

    [LinuxFact]
    public void ClearLeftovers_PipeInThePlaceOfALock_IsNotWaitedFor()
    {
        _temporary.Write("seqserve-graph-odd/graph.onnx", "");
        SpecialFiles.MakePipe(_temporary.Of("seqserve-graph-odd", "lock"));

        Assert.Equal(0, GraphFolder.ClearLeftovers(_temporary.Path));
    }

    [Fact]
    public void ClearLeftovers_WithoutAFolderForTemporaryFiles_ClearsNothing() => Assert.Equal(0, GraphFolder.ClearLeftovers(_temporary.Of("absent")));

    [Fact]
    public void Dispose_Twice_RemovesTheFolderOnce()
    {
        var folder = new GraphFolder();
        var place = Path.GetDirectoryName(folder.Of("lock"));

        folder.Dispose();
        folder.Dispose();

        Assert.False(Directory.Exists(place));
    }
}
