using System.Text.Json;
using SeqServe.TestSupport;
using Xunit.Abstractions;

namespace SeqServe.UnitTests.Onnx.Vectors;

public class LanguageModelVectorTests(ITestOutputHelper output)
{
    private const string Task = "language-model";

    public static TheoryData<string> Shipped => [.. ShippedModelNames.Of(Task)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Calls_OfTheTrainersVectors_GiveTheTrainersAnswers(string name)
    {
        var vectors = new VectorFile(Task, name);
        var wiring = new Wiring(name);
        using var model = wiring.Open("model");

        Assert.True(vectors.Cases.Count >= 3, "One row, a mixed batch and a padded batch are among the cases.");
        foreach (var vector in vectors.Cases)
        {
            var calls = vector.GetProperty("calls").EnumerateArray().ToList();
            Assert.True(calls.Count >= 3, "A prompt and two single steps.");
            wiring.Begin(model, Lengths(calls[0]).Length);
            foreach (var call in calls)
            {
                var outputs = wiring.Call(model, ("tokens", Tokens(call)), ("lengths", Lengths(call)));
                vectors.Compare(call.GetProperty("outputs"), outputs);
                wiring.Carry(outputs, Lengths(call));
            }
        }

        output.WriteLine($"agreement {name}: {vectors.LargestDifference:0.0e+0}");
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Scores_OfTheTrainersVectors_AreTheTrainersLogProbabilities(string name)
    {
        var vectors = new VectorFile(Task, name);
        using var scorer = new Wiring(name).Open("score");

        foreach (var score in vectors.Cases.Select(vector => vector.GetProperty("score")))
        {
            var inputs = new Dictionary<string, object> { ["tokens"] = Tokens(score), ["lengths"] = Lengths(score) };
            vectors.Compare(score.GetProperty("outputs"), scorer.Run(inputs));
        }

        output.WriteLine($"agreement {name}, scores: {vectors.LargestDifference:0.0e+0}");
    }

    private static long[][] Tokens(JsonElement call) => call.GetProperty("tokens").Deserialize<long[][]>()!;

    private static long[] Lengths(JsonElement call) => call.GetProperty("lengths").Deserialize<long[]>()!;
}
