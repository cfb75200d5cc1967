namespace SeqServe.TestSupport.Onnx;

/// <summary>Writes small ONNX files (onnx.proto, as much of it as that takes).</summary>
public static class OnnxGraph
{
    /// <summary>Single precision.</summary>
    public const int FloatType = 1;

    /// <summary>32-bit integer.</summary>
    public const int IntType = 6;

    /// <summary>Truth values.</summary>
    public const int BoolType = 9;

    /// <summary>Half precision.</summary>
    public const int HalfType = 10;

    /// <summary>64-bit integer.</summary>
    public const int LongType = 7;

    /// <summary>Text.</summary>
    public const int StringType = 8;

    /// <summary>Brain floating point of 16 bits.</summary>
    public const int BrainFloatType = 16;

    private const int IrVersion = 8;
    private const int Opset = 17;

    /// <summary>A file whose outputs are the identities of inputs.</summary>
    public static byte[] Identity(IReadOnlyList<OnnxTensor> inputs, params (OnnxTensor Output, string From)[] outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return Of(inputs, [.. outputs.Select(o => o.Output)], [.. outputs.Select(o => new OnnxNode("Identity", [o.From], [o.Output.Name]))]);
    }

    /// <summary>A file.</summary>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="nodes">Its operators, in an order in which they can run.</param>
    /// <param name="weights">Its initializers.</param>
    public static byte[] Of(IReadOnlyList<OnnxTensor> inputs, IReadOnlyList<OnnxTensor> outputs, IReadOnlyList<OnnxNode> nodes, params OnnxWeights[] weights) =>
        OfOpset(Opset, Graph(inputs, outputs, nodes, weights));

    /// <summary>A file of another opset.</summary>
    /// <param name="opset">Version of the operators.</param>
    /// <param name="graph">Its graph.</param>
    public static byte[] OfOpset(int opset, byte[] graph) =>
        [.. OnnxWire.Number(1, IrVersion), .. OnnxWire.Field(7, graph), .. OnnxWire.Field(8, [.. OnnxWire.Text(1, ""), .. OnnxWire.Number(2, opset)])];

    /// <summary>A field of a message: what other parts of a file are made of.</summary>
    public static byte[] Field(int number, byte[] content) => OnnxWire.Field(number, content);

    /// <summary>The graph of a file, or of an operator's branch.</summary>
    public static byte[] Graph(IReadOnlyList<OnnxTensor> inputs, IReadOnlyList<OnnxTensor> outputs, IReadOnlyList<OnnxNode> nodes,
        params OnnxWeights[] weights) =>
    [
        .. nodes.SelectMany(node => OnnxWire.Field(1, node.ToBytes())),
        .. OnnxWire.Text(2, "test"),
        .. weights.SelectMany(w => OnnxWire.Field(5, w.ToBytes())),
        .. inputs.SelectMany(input => OnnxWire.Field(11, input.ToBytes())),
        .. outputs.SelectMany(output => OnnxWire.Field(12, output.ToBytes())),
    ];
}
