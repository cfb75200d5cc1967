using SeqServe.Core.Registry;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Onnx;

namespace SeqServe.UnitTests.Core.Registry;

public class ModelFactsTests
{
    [Fact]
    public void Of_AClassifier_SaysAllThatWasRecognised() => Assert.Equal(
        [
            "task classification, lstm, on cpu",
            "graph model (model.onnx): ids, lengths; gives logits",
            "tokenizer sentencepiece-bpe, tokenizer.model; ends with 3",
            "at most 256 tokens of a text",
            "2 labels: negative, positive",
            "rows independent: Trials at load gave each row the same answer alone, behind padding and among others.",
            "\"This is a first text.\" gives label \"positive\", score 0.7016",
        ],
        Facts("sentiment-lstm"));

    [Fact]
    public void Of_ManyLabels_NamesTheFirst()
    {
        var labels = Assert.Single(Facts("intent-gru"), static fact => fact.Contains(" labels: ", StringComparison.Ordinal));

        Assert.StartsWith("15", labels, StringComparison.Ordinal);
        Assert.EndsWith(", …", labels, StringComparison.Ordinal);
        Assert.Equal(8, labels.Count(static c => c == ','));
    }

    [Fact]
    public void Of_ALanguageModel_SaysWhatItWritesAndHowMuch() => Assert.Equal(
        [
            "task language-model, gru, on cpu",
            "graph model (model.onnx): tokens, lengths; gives logits",
            "graph score (score.onnx): tokens, lengths; gives log_probs",
            "tokenizer sentencepiece-bpe, tokenizer.model; ends with 3",
            "at most 128 tokens of a text, 64 of an answer, 192 together",
            "draws tokens with temperature 1 unless a request says otherwise",
            "scores texts",
            "rows independent: A trial at load gave a sequence the same logits alone and beside others of other lengths.",
            "\"This is a first text.\" gives token \"</s>\", probability 0.9603",
        ],
        Facts("lm-gru"));

    private static List<string> Facts(string name)
    {
        using var bench = new RegistryBench(
            ShippedTasks.Open(RepositoryRoot.Models), new ModelRegistryOptions { Models = [name] }, OnnxBackends.Factory());
        bench.Load();
        using var lease = bench.Registry.Acquire(name, version: null);
        return [.. ModelFacts.Of(lease.Model, ShippedTasks.Catalog[lease.Model.Manifest.Task].Golden)];
    }
}
