using SeqServe.Onnx.Files;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Reading;

/// <summary>Small graphs for the tests of their reading. What is float and called <c>x</c> is <c>[-1,-1,4]</c>, of whole numbers <c>n [-1]</c>.</summary>
internal static class ReadGraphs
{
    public static readonly OnnxTensor X = new("x", OnnxGraph.FloatType, 0, 0, 4);
    public static readonly OnnxTensor Table = new("x", OnnxGraph.FloatType, 0, 4);
    public static readonly OnnxTensor Count = new("n", OnnxGraph.LongType, 1);
    public static readonly OnnxTensor Numbers = new("n", OnnxGraph.LongType, 0);
    public static readonly OnnxTensor Y = new("y", OnnxGraph.FloatType, 0, 0, 4);

    public static OnnxNode Node(string @operator, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes) =>
        new(@operator, inputs, outputs) { Attributes = attributes.ToDictionary(a => a.Name, a => a.Value) };

    public static OnnxWeights Whole(string name, params long[] values) => new(name, [values.Length], values);

    public static GraphFile Read(OnnxTensor[] inputs, OnnxNode[] nodes, params OnnxWeights[] weights) => Read(OnnxGraph.Of(inputs, [Y], nodes, weights));

    public static GraphFile Read(byte[] graph)
    {
        using var folder = new TemporaryFolder();
        return GraphFile.Read(folder.Write("graph.onnx", graph));
    }
}
