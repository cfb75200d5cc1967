using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;
using SeqServe.Onnx.Contracts;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Contracts;

/// <summary>Inputs that a graph may be without.</summary>
public sealed class SignatureCheckTests : IDisposable
{
    private static readonly GraphContract s_contract = new(
    [
        new GraphRole("decoder")
        {
            Inputs =
            [
                new("ids", TensorDatatype.Int64, "[B]"),
                new("src_len", TensorDatatype.Int64, "[B]") { Presence = PartPresence.Optional },
                new("past_len", TensorDatatype.Int64, "[B]") { Presence = PartPresence.WithCache },
            ],
        },
    ]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("src_len", "n")]
    [InlineData("src_len", "src_len")]
    [InlineData("past_len", "n")]
    public void Run_OptionalInputThatTheManifestNames_MustBeThere(string part, string name)
    {
        var refusal = Assert.Throws<BackendException>(() => Check(["ids"], new() { [part] = name })).Message;

        Assert.Contains($"input {name} is missing (it has ids)", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OptionalInputThatTheManifestNames_IsTakenByThatName() =>
        Assert.Equal(["ids", "n"], Check(["ids", "n"], new() { ["src_len"] = "n" }));

    [Fact]
    public void Run_OptionalInputThatNobodyNames_MayBeAbsent() => Assert.Equal(["ids"], Check(["ids"], []));

    private IEnumerable<string> Check(string[] inputs, Dictionary<string, string> names)
    {
        var file = _folder.Of("decoder.onnx");
        OnnxTensor[] tensors = [.. inputs.Select(name => new OnnxTensor(name, OnnxGraph.LongType, 0))];
        File.WriteAllBytes(file, OnnxGraph.Identity(tensors, (new("y", OnnxGraph.LongType, 0), "ids")));
        var set = new GraphSet(s_contract.Named(names, new Dictionary<string, string>()), file);
        using var graphs = OpenGraphs.Open(set, OnnxBackends.Sessions().Open);
        var graph = graphs.Single;
        var parts = graph.InputParts(DecoderWiring.None);
        SignatureCheck.Run(graph, parts, graph.Role.Outputs);
        return [.. parts.Select(part => part.Name)];
    }
}
