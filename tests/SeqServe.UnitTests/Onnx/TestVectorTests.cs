using System.Text.Json;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx;

public class TestVectorTests
{
    private const double LoosestTolerance = 1e-4;

    public static TheoryData<string> Shipped => [.. ShippedModelNames.Classifiers];

    [Fact]
    public void ShippedModels_OfClassification_AreThere() => Assert.Contains("sentiment-lstm", ShippedModelNames.Classifiers);

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Run_OfTheTrainersVectors_GivesTheTrainersLogits(string name)
    {
        var file = Path.Combine(RepositoryRoot.Models, "training", "results", "vectors", $"{name}.json");
        Assert.True(File.Exists(file), $"{name} has no test vectors; its recipe writes them to models/training/results/vectors/.");
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var tolerance = json.RootElement.GetProperty("tolerance").GetDouble();
        var cases = json.RootElement.GetProperty("cases").EnumerateArray().ToList();
        using var model = new ShippedClassifier(name);

        Assert.InRange(tolerance, 0, LoosestTolerance);
        Assert.True(cases.Count >= 5, "A mixed batch, one token, the longest input and a padded batch are among the cases.");
        Assert.All(cases, vector => Compare(model, vector, tolerance));
    }

    private static void Compare(ShippedClassifier model, JsonElement vector, double tolerance)
    {
        var padded = vector.GetProperty("ids").Deserialize<int[][]>()!;
        var lengths = vector.GetProperty("lengths").Deserialize<int[]>()!;
        var expected = vector.GetProperty("logits").Deserialize<float[][]>()!;

        var actual = model.Run([.. padded.Select((row, i) => row[..lengths[i]])], padded[0].Length, model.Manifest.Tokenizer!.PadId);

        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.All(expected[i].Zip(actual[i]), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
