using System.Text.Json.Nodes;
using SeqServe.Core.Backends;
using SeqServe.Core.Tasks.Tensors;

namespace SeqServe.UnitTests.Core.Repository.Manifests;

public class TaskKeysTests
{
    [Fact]
    public void Translation_WithoutGraphs_NeedsEncoderAndDecoder() =>
        Assert.Equal("graphs", Assert.Single(Manifests.Refuse(json => Become(json, "translation", null)).Errors).Key);

    [Fact]
    public void Translation_WithOneGraph_NamesTheOther() =>
        Assert.Equal("graphs.decoder", Assert.Single(Manifests.Refuse(json => Become(json, "translation", """{ "encoder": "e.onnx" }""")).Errors).Key);

    [Fact]
    public void LanguageModel_WithScoringGraph_KeepsBoth() =>
        Assert.Equal(["model", "score"], Manifests.Read(json => Become(json, "language-model", """{ "model": "m.onnx", "score": "s.onnx" }""")).Graphs.Keys);

    [Fact]
    public void Labels_OfAnotherTask_AreAFault() =>
        Assert.Equal("labels", Assert.Single(Manifests.Refuse(json =>
        {
            Become(json, "language-model", null);
            json["labels"] = "labels.txt";
        }).Errors).Key);

    [Fact]
    public void Sequences_OfATensorModelWithState_AreRead()
    {
        const string Json = """
            { "name": "film", "task": "tensor", "state": [{ "in": "h", "out": "g" }], "sequences": { "max_sequences": 3, "max_idle_ms": 500 } }
            """;

        var section = (TensorSection)Manifests.Read(Json).Section;
        var limits = section.Sequences;

        Assert.Equal((3, TimeSpan.FromMilliseconds(500)), (limits.MaxSequences, limits.MaxIdle));
    }

    [Fact]
    public void Sequences_WithoutState_AreAFault()
    {
        var refused = Manifests.Refuse("""{ "name": "film", "task": "tensor", "sequences": {} }""");

        Assert.Contains("with \"state\" only", Assert.Single(refused.Errors).Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{ "isolation": "auto" }""", null)]
    [InlineData("""{ "isolation": "process" }""", GraphIsolation.Process)]
    [InlineData("""{ "isolation": "none" }""", GraphIsolation.None)]
    public void Isolation_OfATensorModel_IsRead(string instances, GraphIsolation? isolation) =>
        Assert.Equal(isolation, Manifests.Read($$"""{ "name": "film", "task": "tensor", "instances": {{instances}} }""").Instances.Isolation);

    [Fact]
    public void Tensor_NeedsNeitherTokenizerNorLimits()
    {
        var manifest = Manifests.Read("""{ "name": "film", "task": "tensor" }""");

        Assert.Equal(TensorTask.TaskName, manifest.Task);
        Assert.Null(manifest.Tokenizer);
    }

    private static void Become(JsonObject json, string task, string? graphs)
    {
        Manifests.BecomeGenerating(json, task);
        Manifests.Set(json, "graphs", graphs);
    }
}
