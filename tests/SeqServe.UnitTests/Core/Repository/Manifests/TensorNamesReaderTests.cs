using SeqServe.Core.Repository.Manifests;

namespace SeqServe.UnitTests.Core.Repository.Manifests;

public class TensorNamesReaderTests
{
    [Fact]
    public void Read_Classifier_TakesTheNames()
    {
        var manifest = Manifests.Read(json =>
        {
            Manifests.Set(json, "inputs", """{ "ids": "input_ids", "lengths": "my_lengths" }""");
            Manifests.Set(json, "outputs", """{ "logits": "scores" }""");
        });

        Assert.Equal(new Dictionary<string, string> { ["ids"] = "input_ids", ["lengths"] = "my_lengths" }, manifest.InputNames);
        Assert.Equal(new Dictionary<string, string> { ["logits"] = "scores" }, manifest.OutputNames);
    }

    [Fact]
    public void Read_SeveralGraphs_TakesNamesByRole()
    {
        var manifest = Manifests.Read(json =>
        {
            Manifests.BecomeGenerating(json, "translation");
            Manifests.Set(json, "tokenizer.add_bos", "false");
            Manifests.Set(json, "inputs", """{ "decoder.tokens": "input_ids" }""");
        });

        Assert.Equal("input_ids", manifest.InputNames["decoder.tokens"]);
    }

    [Theory]
    [InlineData("inputs", """{ "words": "attention_mask" }""", "inputs.words", "write one of ids, lengths, mask, types, positions")]
    [InlineData("inputs", """{ "ids": 3 }""", "inputs.ids", "the name of a tensor")]
    [InlineData("inputs", """{ "ids": "" }""", "inputs.ids", "the name of a tensor")]
    [InlineData("inputs", """{ "ids": "lengths" }""", "inputs.ids", "each needs a tensor of its own")]
    [InlineData("inputs", """{ "ids": "a", "ids": "b" }""", "inputs.ids", "keep one")]
    [InlineData("inputs", """["ids"]""", "inputs", "must be an object")]
    [InlineData("outputs", """{ "scores": "logits" }""", "outputs.scores", "write one of logits")]
    public void Read_OneFault_NamesKeyAndRemedy(string path, string value, string key, string remedy)
    {
        // Text, since a JSON object in memory cannot hold a key twice.
        var text = Manifests.Text(path, "\"REPLACED\"").Replace("\"REPLACED\"", value, StringComparison.Ordinal);

        var error = Assert.Single(Manifests.Refuse(text).Errors);

        Assert.Equal(key, error.Key);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TaskTensor_RefusesThem()
    {
        var refused = Assert.Throws<ManifestException>(() => Manifests.Read("""{ "name": "film", "task": "tensor", "inputs": { "ids": "input_ids" } }"""));

        var error = Assert.Single(refused.Errors);
        Assert.Equal("inputs", error.Key);
        Assert.Contains("remove it", error.Remedy, StringComparison.Ordinal);
    }
}
