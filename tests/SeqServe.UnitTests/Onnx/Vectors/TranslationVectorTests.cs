using System.Text.Json;
using SeqServe.TestSupport;
using Xunit.Abstractions;

namespace SeqServe.UnitTests.Onnx.Vectors;

public class TranslationVectorTests(ITestOutputHelper output)
{
    private const string Task = "translation";

    public static TheoryData<string> Shipped => [.. ShippedModelNames.Of(Task)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Steps_OfTheTrainersVectors_GiveTheTrainersAnswers(string name)
    {
        var vectors = new VectorFile(Task, name);
        var wiring = new Wiring(name);
        using var encoder = wiring.Open("encoder");
        using var decoder = wiring.Open("decoder");

        Assert.True(vectors.Cases.Count >= 4, "One row, a mixed batch, a padded batch and one token are among the cases.");
        foreach (var vector in vectors.Cases)
            Compare(vectors, vector, wiring, encoder, decoder);
        output.WriteLine($"agreement {name}: {vectors.LargestDifference:0.0e+0}");
    }

    private static void Compare(VectorFile vectors, JsonElement vector, Wiring wiring, PlainGraph encoder, PlainGraph decoder)
    {
        var lengths = vector.GetProperty("src_len").Deserialize<long[]>()!;
        var encoded = encoder.Run(new Dictionary<string, object> { ["src"] = vector.GetProperty("src").Deserialize<long[][]>()!, ["src_len"] = lengths });
        vectors.Compare(vector.GetProperty("encoder"), encoded);

        wiring.Begin(decoder, lengths.Length, encoded);
        var steps = vector.GetProperty("steps").EnumerateArray().ToList();
        Assert.True(steps.Count >= 3, "The state is fed back at least twice.");
        foreach (var step in steps)
        {
            var outputs = wiring.Call(decoder, ("tokens", step.GetProperty("tokens").Deserialize<long[]>()!), ("src_len", lengths));
            vectors.Compare(step.GetProperty("outputs"), outputs);
            if (wiring.Attention is { } attention)
                Assert.Contains(step.GetProperty("outputs").EnumerateObject(), output => output.Name == attention);
            wiring.Carry(outputs, [.. lengths.Select(_ => 1L)]);
        }
    }
}
