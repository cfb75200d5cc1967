using System.Text.Json;
using SeqServe.TestSupport;
using Xunit.Abstractions;

namespace SeqServe.UnitTests.Onnx;

public class TestVectorTests(ITestOutputHelper output)
{
    private const double LoosestTolerance = 1e-4;

    // Where activations become bytes, a difference of 1e-7 before a rounding can become one of a whole step after it: 2e-3 in a logit at most, measured.
    private const double LoosestToleranceOfIntegers = 3e-3;

    public static TheoryData<string, int> Shipped
    {
        get
        {
            var shipped = new TheoryData<string, int>();
            foreach (var name in ShippedModelNames.Classifiers)
            {
                foreach (var version in ShippedModelNames.VersionsOf(name))
                    shipped.Add(name, version);
            }

            return shipped;
        }
    }

    [Fact]
    public void ShippedModels_OfClassification_AreThere() => Assert.Contains("sentiment-lstm", ShippedModelNames.Classifiers);

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Run_OfTheTrainersVectors_GivesTheTrainersLogits(string name, int version)
    {
        var file = Path.Combine(RepositoryRoot.Models, "training", "results", "vectors", version == 1 ? $"{name}.json" : $"{name}.{version}.json");
        Assert.True(File.Exists(file), $"{name}/{version} has no test vectors; its recipe writes them to models/training/results/vectors/.");
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var tolerance = json.RootElement.GetProperty("tolerance").GetDouble();
        var cases = json.RootElement.GetProperty("cases").EnumerateArray().ToList();
        using var model = new ShippedClassifier(name, version);

        Assert.InRange(tolerance, 0, version == 1 ? LoosestTolerance : LoosestToleranceOfIntegers);
        Assert.True(cases.Count >= 5, "A mixed batch, one token, the longest input and a padded batch are among the cases.");
        // Not Max: it ignores a NaN.
        var largest = cases.Select(vector => LargestDifference(model, vector)).Aggregate(MathF.Max);
        output.WriteLine($"agreement {name}/{version}: {largest:0.0e+0}");
        Assert.InRange(largest, 0, tolerance);
    }

    private static float LargestDifference(ShippedClassifier model, JsonElement vector)
    {
        var padded = vector.GetProperty("ids").Deserialize<int[][]>()!;
        var lengths = vector.GetProperty("lengths").Deserialize<int[]>()!;
        var expected = vector.GetProperty("logits").Deserialize<float[][]>()!;

        var actual = model.Run([.. padded.Select((row, i) => row[..lengths[i]])], padded[0].Length, model.Manifest.Tokenizer!.PadId);

        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), rows => Assert.Equal(rows.First.Length, rows.Second.Length));
        return expected.Zip(actual).SelectMany(rows => rows.First.Zip(rows.Second, (wanted, given) => MathF.Abs(wanted - given))).Aggregate(MathF.Max);
    }
}
