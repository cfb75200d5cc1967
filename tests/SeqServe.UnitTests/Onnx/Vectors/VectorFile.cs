using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx.Vectors;

/// <summary>What the trainer's framework answered, of which large tensors are kept as their shape and some of their values.</summary>
internal sealed class VectorFile
{
    private const double LoosestTolerance = 1e-4;

    private readonly double _tolerance;

    public VectorFile(string task, string model)
    {
        var file = RepositoryRoot.Of("models", "training", "results", "vectors", task, $"{model}.json");
        Assert.True(File.Exists(file), $"{model} has no test vectors; its recipe writes them to models/training/results/vectors/{task}/.");
        var root = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        _tolerance = root.GetProperty("tolerance").GetDouble();
        Assert.InRange(_tolerance, 0, LoosestTolerance);
        Cases = [.. root.GetProperty("cases").EnumerateArray()];
    }

    public IReadOnlyList<JsonElement> Cases { get; }

    /// <summary>The largest difference that <see cref="Compare"/> has seen.</summary>
    public float LargestDifference { get; private set; }

    /// <summary>Every output in <paramref name="expected"/> is there, with this shape and these values.</summary>
    public void Compare(JsonElement expected, Dictionary<string, DenseTensor<float>> actual)
    {
        Assert.NotEmpty(expected.EnumerateObject());
        foreach (var output in expected.EnumerateObject())
        {
            var tensor = actual[output.Name];
            Assert.Equal(output.Value.GetProperty("shape").Deserialize<int[]>()!, tensor.Dimensions.ToArray());
            var places = output.Value.GetProperty("at").Deserialize<int[]>()!;
            var values = output.Value.GetProperty("values").Deserialize<float[]>()!;
            Assert.NotEmpty(places);
            foreach (var (place, value) in places.Zip(values))
            {
                LargestDifference = Math.Max(LargestDifference, Math.Abs(value - tensor.Buffer.Span[place]));
                Assert.True(Math.Abs(value - tensor.Buffer.Span[place]) <= _tolerance, $"{output.Name}[{place}] is {tensor.Buffer.Span[place]}, not {value}.");
            }
        }
    }
}
