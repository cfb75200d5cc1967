using SeqServe.Core.Backends;
using SeqServe.Onnx.Files;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Files;

public sealed class GraphFileCheckTests : IDisposable
{
    private const int Rows = 4;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_OfEveryShippedGraph_FindsNothing()
    {
        var graphs = Directory.GetFiles(RepositoryRoot.Models, "*.onnx", SearchOption.AllDirectories);

        Assert.NotEmpty(graphs);
        Assert.All(graphs, graph => GraphFileCheck.Run(graph, withInputs: true));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull")]
    [InlineData("\u0089PNG\r\n", "PNG image")]
    [InlineData("PK\u0003\u0004", "ZIP archive")]
    [InlineData("<!DOCTYPE html>", "page of HTML")]
    [InlineData("This is no graph.", "no ONNX file")]
    [InlineData("\u0008\u0008", "without a graph")]
    public void Run_OfAnotherFile_SaysWhatItIs(string content, string reason) =>
        Assert.Contains(reason, Refusal(System.Text.Encoding.Latin1.GetBytes(content)), StringComparison.Ordinal);

    [Fact]
    public void Run_OfAGraphOfMillionsOfOperators_SaysSo()
    {
        byte[] empty = OnnxGraph.Field(1, []);
        byte[] graph = [.. OnnxGraph.Field(1, [8]), .. OnnxGraph.Field(7, [.. Enumerable.Repeat(empty, FieldReader.MostKept + 1).SelectMany(node => node)])];

        Assert.Contains($"too large to be read: it has more than {FieldReader.MostKept} operators", Refusal(graph), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfAGraphOfZeros_IsRefusedAtItsFirst() =>
        Assert.Contains("number 0", Refusal([.. OnnxGraph.Field(1, [8]), .. OnnxGraph.Field(7, new byte[1 << 16])]), StringComparison.Ordinal);

    [Fact]
    public void Run_OfACutGraph_SaysSo()
    {
        var whole = File.ReadAllBytes(Path.Combine(RepositoryRoot.Model("sentiment-lstm"), "1", "model.onnx"));

        Assert.All(new[] { 1, 100, whole.Length / 2 }, cut => Assert.Contains("it is cut off", Refusal(whole[..^cut]), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../w.bin", "no file inside of the graph's folder")]
    [InlineData("/etc/hostname", "no file inside of the graph's folder")]
    [InlineData("a/../../w.bin", "no file inside of the graph's folder")]
    [InlineData("", "no file inside of the graph's folder")]
    [InlineData("absent.bin", "is missing")]
    [InlineData("out.bin", "a link that leads out")]
    [InlineData("out/w.bin", "a link that leads out")]
    public void Run_OfExternalDataElsewhere_IsRefused(string location, string reason)
    {
        using var outside = new TemporaryFolder();
        File.WriteAllBytes(outside.Of("w.bin"), new byte[sizeof(float) * Rows]);
        File.CreateSymbolicLink(_folder.Of("out.bin"), outside.Of("w.bin"));
        Directory.CreateSymbolicLink(_folder.Of("out"), outside.Path);

        var refusal = Refusal(WithExternal(location));

        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.Contains("tensor \"w\"", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfALinkToItself_IsRefused()
    {
        File.CreateSymbolicLink(_folder.Of("circle.bin"), _folder.Of("circle.bin"));

        Assert.Contains("cannot be read", Refusal(WithExternal("circle.bin")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "17")]
    [InlineData("4", "16")]
    [InlineData("17", null)]
    [InlineData("9223372036854775807", "9223372036854775807")]
    public void Run_OfExternalDataBehindTheEnd_IsRefused(string offset, string? length)
    {
        _folder.Write("w.bin", new byte[sizeof(float) * Rows]);

        Assert.Contains("which has 16", Refusal(WithExternal("w.bin", offset, length)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("many")]
    public void Run_OfAnOffsetThatIsNoNumber_IsRefused(string offset) =>
        Assert.Contains("no number of bytes", Refusal(WithExternal("w.bin", offset)), StringComparison.Ordinal);

    [Theory]
    [InlineData("w.bin")]
    [InlineData("./w.bin")]
    [InlineData("link.bin")]
    public void Run_OfExternalDataBesideTheGraph_FindsNothing(string location)
    {
        _folder.Write("w.bin", new byte[sizeof(float) * Rows]);
        File.CreateSymbolicLink(_folder.Of("link.bin"), _folder.Of("w.bin"));

        GraphFileCheck.Run(Write(WithExternal(location, "0", "16")), withInputs: true);
    }

    // Random damage must be reported, or be left to ONNX Runtime; it must never hang or throw anything else.
    [Fact]
    public void Run_OfDamagedGraphs_RefusesOrPasses()
    {
        var random = new Random(7);
        var whole = WithExternal("w.bin");
        _folder.Write("w.bin", new byte[sizeof(float) * Rows]);
        for (var i = 0; i < 500; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var file = Write(damaged);

            var fault = Record.Exception(() => GraphFileCheck.Run(file, withInputs: true));

            Assert.True(fault is null or BackendException, fault?.ToString());
        }
    }

    private static byte[] WithExternal(string location, string offset = "0", string? length = null) =>
        OnnxGraph.Of(
            [], [new OnnxTensor("y", OnnxGraph.FloatType, Rows)], [new OnnxNode("Identity", ["w"], ["y"])],
            OnnxWeights.External("w", [Rows], location, offset, length));

    private string Refusal(byte[] content)
    {
        var refusal = Assert.Throws<BackendException>(() => GraphFileCheck.Run(Write(content), withInputs: true)).Message;
        Assert.StartsWith("graph.onnx cannot be opened: ", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Path, refusal, StringComparison.Ordinal);
        return refusal;
    }

    private string Write(byte[] content) => _folder.Write("graph.onnx", content);
}
