using SeqServe.TestSupport.Onnx;

namespace SeqServe.Benchmarks.OpenInference;

/// <summary>The two graphs that the protocol is measured with, each <c>y = relu(x w)</c>.</summary>
internal static class TensorModels
{
    public const string Small = "small";
    public const string Large = "large";

    /// <summary>Values of a row of the small graph.</summary>
    public const int SmallWidth = 16;

    /// <summary>Rows and columns of the large graph's input: 4 MB of single precision.</summary>
    public const int LargeSide = 1024;

    private const int LargeOutputs = 256;

    /// <summary>Bytes of the large graph's output.</summary>
    public const int LargeOutputBytes = LargeSide * LargeOutputs * sizeof(float);

    /// <summary>Writes both as a repository of bare models.</summary>
    public static int Write(Arguments arguments)
    {
        var folder = arguments.Text("--out");
        Write(folder, Small, SmallWidth, SmallWidth);
        Write(folder, Large, LargeSide, LargeOutputs);
        Console.WriteLine($"Serve them: SeqServe__ModelRepository={folder}");
        return 0;
    }

    public static string FileOf(string folder, string model) => Path.Combine(folder, model, "1", "model.onnx");

    private static void Write(string folder, string model, int width, int outputs)
    {
        var weights = Enumerable.Range(0, width * outputs).Select(i => ((i * 37 % 101) - 50) / 500f).ToArray();
        var graph = OnnxGraph.Of(
            [new("x", OnnxGraph.FloatType, 0, width)],
            [new("y", OnnxGraph.FloatType, 0, outputs)],
            [new OnnxNode("MatMul", ["x", "w"], ["xw"]), new OnnxNode("Relu", ["xw"], ["y"])],
            new OnnxWeights("w", [width, outputs], weights));
        Directory.CreateDirectory(Path.GetDirectoryName(FileOf(folder, model))!);
        File.WriteAllBytes(FileOf(folder, model), graph);
    }
}
