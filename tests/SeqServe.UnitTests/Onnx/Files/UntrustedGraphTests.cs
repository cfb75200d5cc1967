using SeqServe.Core.Backends;
using SeqServe.Onnx.Files;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Files;

/// <summary>Graphs and external data that are links, no regular files, or far larger than they look.</summary>
public sealed class UntrustedGraphTests : IDisposable
{
    private const int Rows = 4;
    private const long TwoGiB = 1L << 31;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public void Run_OfAPipe_IsRefusedWithoutWaiting()
    {
        SpecialFiles.MakePipe(_folder.Of("graph.onnx"));

        Assert.Contains("is a named pipe", Refusal("graph.onnx"), StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Run_OfExternalDataThatIsAPipe_IsRefusedWithoutWaiting()
    {
        WriteGraph("graph.onnx");
        SpecialFiles.MakePipe(_folder.Of("w.bin"));

        Assert.Contains("keeps its data in \"w.bin\", which is a named pipe", Refusal("graph.onnx"), StringComparison.Ordinal);
    }

    // A graph of the version of the format, and then zeros only: each pair of them would be an empty field.
    [Fact]
    public void Run_OfTwoGiBOfZeros_IsRefusedAtTheFirst()
    {
        SpecialFiles.MakeSparse(_folder.Of("graph.onnx"), TwoGiB - 1, 0x08, 0x08, 0x3A, 0xF5, 0xFF, 0xFF, 0xFF, 0x07);

        Assert.Contains("A field has the number 0", Refusal("graph.onnx"), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfMoreThanAnOnnxFileCanHave_IsRefused()
    {
        SpecialFiles.MakeSparse(_folder.Of("graph.onnx"), TwoGiB, 0x08, 0x08);

        Assert.Contains("more than the 2 GiB", Refusal("graph.onnx"), StringComparison.Ordinal);
    }

    // What the check lets through ONNX Runtime must open too.
    [Theory]
    [InlineData("hugging-face/snapshots/1", "../../blobs/graph", "../../blobs/weights")]
    [InlineData("config-map", "..data/graph", "..data/weights")]
    public void Open_GraphAndDataThatAreLinksIntoOneFolder_IsRun(string folder, string graph, string weights)
    {
        WriteGraph("hugging-face/blobs/graph");
        _folder.Write("hugging-face/blobs/weights", new byte[sizeof(float) * Rows]);
        WriteGraph("config-map/..2026/graph");
        _folder.Write("config-map/..2026/weights", new byte[sizeof(float) * Rows]);
        Directory.CreateSymbolicLink(_folder.Of("config-map", "..data"), "..2026");
        Directory.CreateDirectory(_folder.Of(folder));
        File.CreateSymbolicLink(_folder.Of(folder, "model.onnx"), graph);
        File.CreateSymbolicLink(_folder.Of(folder, "w.bin"), weights);

        using var backend = OnnxBackends.Factory().Open<ITensorBackend>(new GraphSet(GraphContract.Any, _folder.Of(folder, "model.onnx")));

        Assert.Equal("y", Assert.Single(backend.Signature.Outputs).Name);
    }

    [Fact]
    public void Run_OfDataThatIsALinkOutOfTheGraphsFolder_SaysWhereItMayLie()
    {
        WriteGraph("1/graph.onnx");
        _folder.Write("w.bin", new byte[sizeof(float) * Rows]);
        File.CreateSymbolicLink(_folder.Of("1", "w.bin"), "../w.bin");

        var refusal = Refusal("1/graph.onnx");

        Assert.Contains("where ONNX Runtime reads no data", refusal, StringComparison.Ordinal);
        Assert.Contains("make the graph a link too", refusal, StringComparison.Ordinal);
    }

    private void WriteGraph(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Of(path))!);
        _folder.Write(path, OnnxGraph.Of(
            [], [new OnnxTensor("y", OnnxGraph.FloatType, Rows)], [new OnnxNode("Identity", ["w"], ["y"])], OnnxWeights.External("w", [Rows], "w.bin")));
    }

    private string Refusal(string path)
    {
        var refusal = Assert.Throws<BackendException>(() => GraphFileCheck.Run(_folder.Of(path), withInputs: true)).Message;
        Assert.DoesNotContain(_folder.Path, refusal, StringComparison.Ordinal);
        return refusal;
    }
}
