using SeqServe.Onnx.Files;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Files;

public sealed class GraphFileTests : IDisposable
{
    private static readonly OnnxTensor s_x = new("x", OnnxGraph.FloatType, 0, 2);
    private static readonly OnnxTensor s_y = new("y", OnnxGraph.FloatType, 0, 2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Identity", false)]
    [InlineData("LSTM", true)]
    [InlineData("GRU", true)]
    [InlineData("RNN", true)]
    public void IsRecurrent_ByAnOperator_IsFound(string @operator, bool expected) =>
        Assert.Equal(expected, Read(new OnnxNode(@operator, ["x"], ["y"])).IsRecurrent);

    [Fact]
    public void IsRecurrent_ByAnOperatorOfABranch_IsFound()
    {
        var branch = OnnxGraph.Graph([], [s_y], [new OnnxNode("GRU", ["x"], ["y"])]);

        Assert.True(Read(new OnnxNode("If", ["x"], ["y"]) { Attributes = new Dictionary<string, object> { ["else_branch"] = branch } }).IsRecurrent);
    }

    [Fact]
    public void IsRecurrent_ByAnOperatorOfAFunction_IsFound()
    {
        byte[] function = [.. OnnxGraph.Field(7, new OnnxNode("LSTM", ["x"], ["y"]).ToBytes())];
        var file = Write([.. OnnxGraph.Of([s_x], [s_y], [new OnnxNode("Mine", ["x"], ["y"])]), .. OnnxGraph.Field(25, function)]);

        Assert.True(GraphFile.Read(file).IsRecurrent);
    }

    [Fact]
    public void IsShapeless_OfABranch_DoesNotCount()
    {
        var branch = OnnxGraph.Graph([], [new OnnxTensor("y", OnnxGraph.FloatType, null)], [new OnnxNode("Identity", ["x"], ["y"])]);

        Assert.False(Read(new OnnxNode("If", ["x"], ["y"]) { Attributes = new Dictionary<string, object> { ["else_branch"] = branch } }).IsShapeless("y"));
    }

    [Fact]
    public void ExternalTensors_OfGraphAndBranch_AreFoundWithTheirPlaces()
    {
        var branch = OnnxGraph.Graph([], [s_y], [new OnnxNode("Identity", ["inner"], ["y"])], OnnxWeights.External("inner", [2, 3], "b.bin", "8", "24"));
        var node = new OnnxNode("If", ["x"], ["y"]) { Attributes = new Dictionary<string, object> { ["else_branch"] = branch } };

        var path = Write(OnnxGraph.Of([s_x], [s_y], [node], OnnxWeights.External("w", [4], "a.bin"), new OnnxWeights("here", [1], 1f)));

        var file = GraphFile.Read(path);

        Assert.Equal([("inner", "b.bin", 8, 24), ("w", "a.bin", 0, null)], file.ExternalTensors.Select(t => (t.Name, t.Location, t.Offset, t.Length)));
        Assert.Equal([2L, 3], file.ExternalTensors[0].Shape);
        Assert.True(file is { HasVersion: true, HasGraph: true, Damage: null });
        Assert.Equal(file.ExternalTensors.Select(t => t.Name), GraphFile.ReadExternalTensors(path).Select(t => t.Name));
    }

    [Fact]
    public void Read_CutFile_TellsTheDamage()
    {
        var file = Write(OnnxGraph.Of([s_x], [s_y], [new OnnxNode("Identity", ["x"], ["y"])])[..^20]);

        Assert.Throws<InvalidDataException>(() => GraphFile.ReadExternalTensors(file));
        Assert.True(GraphFile.Read(file) is { IsRecurrent: true, Damage: not null, HasVersion: true });
    }

    [Fact]
    public void IsRecurrent_OfAFileThatCannotBeRead_IsAssumed() => Assert.True(GraphFile.Read(_folder.Write("text.onnx", "This is no graph.")).IsRecurrent);

    [Fact]
    public void IsShapeless_IsTrueOnlyWhereNoShapeIsDeclared()
    {
        OnnxTensor[] inputs = [s_x, new("free", OnnxGraph.FloatType, null)];

        var graph = GraphFile.Read(Write(OnnxGraph.Of(inputs, [new("scalar", OnnxGraph.FloatType)], [new OnnxNode("Identity", ["x"], ["scalar"])])));

        Assert.Equal((false, true, false), (graph.IsShapeless("x"), graph.IsShapeless("free"), graph.IsShapeless("scalar")));
    }

    [Theory]
    [InlineData("sentiment-lstm", "model.onnx", true)]
    [InlineData("sentiment-transformer", "model.onnx", false)]
    public void IsRecurrent_OfAShippedGraph_IsWhatItsArchitectureSays(string model, string file, bool expected) =>
        Assert.Equal(expected, GraphFile.Read(Path.Combine(RepositoryRoot.Model(model), "1", file)).IsRecurrent);

    private GraphFile Read(OnnxNode node) => GraphFile.Read(Write(OnnxGraph.Of([s_x], [s_y], [node], new OnnxWeights("w", [3], 1f, 2f, 3f))));

    private string Write(byte[] graph) => _folder.Write("graph.onnx", graph);
}
