using SeqServe.Core.Backends;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Decoding;

public sealed class LanguageModelBackendTests : IDisposable
{
    private static readonly Dictionary<string, string> s_inputs = new() { ["tokens"] = "words", ["lengths"] = "n" };
    private static readonly Dictionary<string, string> s_outputs = new() { ["logits"] = "scores" };
    private static readonly DecoderWiring s_wiring = new() { States = [new StateWiring("h_in", "h_out", null)] };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_GraphWithOtherNames_RunsUnderTheNamesOfTheManifest()
    {
        using var backend = Open(LanguageModelContract.Default.Named(s_inputs, s_outputs));
        using var rows = backend.NewRows();
        using var batch = new PaddedBatch(1, 2, padId: 0);
        batch.SetRow(0, [1, 0]);
        rows.Begin([3, 4]);

        rows.Read(batch);

        Assert.Equal([1f, 0], rows.Logits(0).ToArray());
        var state = new float[2];
        rows.CopyState(0, state);
        Assert.Equal([-3f, -4], state);
    }

    [Fact]
    public void Open_GraphWithOtherNamesThanTheContract_NamesEveryDifference()
    {
        var refusal = Assert.Throws<BackendException>(() => Open(LanguageModelContract.Default)).Message;

        Assert.Contains("input tokens is missing", refusal, StringComparison.Ordinal);
        Assert.Contains("output logits is missing (it has scores, h_out)", refusal, StringComparison.Ordinal);
        Assert.Contains("input words is not expected; input n is not expected. ", refusal, StringComparison.Ordinal);
        Assert.Contains("Expected inputs tokens [B,T] int64, h_in [B,…] float", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NameOfAStateForAPart_IsRefused()
    {
        var contract = LanguageModelContract.Default.Named(new Dictionary<string, string> { ["tokens"] = "words", ["lengths"] = "h_in" }, s_outputs);

        Assert.Contains("input h_in is given 2 parts", Assert.Throws<BackendException>(() => Open(contract)).Message, StringComparison.Ordinal);
    }

    private ILanguageModelBackend Open(GraphContract contract)
    {
        OnnxTensor[] inputs = [new("words", OnnxGraph.LongType, 0, 0), new("n", OnnxGraph.LongType, 0), new("h_in", OnnxGraph.FloatType, 0, 2)];
        OnnxTensor[] outputs = [new("scores", OnnxGraph.FloatType, 0, 2), new("h_out", OnnxGraph.FloatType, 0, 2)];
        var scores = new OnnxNode("Cast", ["words"], ["scores"]) { Attributes = new Dictionary<string, object> { ["to"] = (long)OnnxGraph.FloatType } };
        var file = _folder.Of("model.onnx");
        File.WriteAllBytes(file, OnnxGraph.Of(inputs, outputs, [scores, new OnnxNode("Neg", ["h_in"], ["h_out"])]));
        return OnnxBackends.Factory().Open<ILanguageModelBackend>(new GraphSet(contract, file) { Wiring = s_wiring });
    }
}
