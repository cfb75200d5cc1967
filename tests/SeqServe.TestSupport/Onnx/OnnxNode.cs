namespace SeqServe.TestSupport.Onnx;

/// <summary>An operator.</summary>
/// <param name="Operator">Its type.</param>
/// <param name="Inputs">Names of what it reads; an empty name leaves an optional input out.</param>
/// <param name="Outputs">Names of what it gives.</param>
public sealed record OnnxNode(string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs)
{
    /// <summary>Its attributes: a <see cref="long"/>, several of them, or a graph's bytes.</summary>
    public IReadOnlyDictionary<string, object> Attributes { get; init; } = new Dictionary<string, object>();

    /// <summary>Its message.</summary>
    public byte[] ToBytes() =>
    [
        .. Inputs.SelectMany(input => OnnxWire.Text(1, input)),
        .. Outputs.SelectMany(output => OnnxWire.Text(2, output)),
        .. OnnxWire.Text(4, Operator),
        .. Attributes.SelectMany(attribute => OnnxWire.Field(5, [.. OnnxWire.Text(1, attribute.Key), .. Value(attribute.Value)])),
    ];

    private static byte[] Value(object value) => value switch
    {
        long number => [.. OnnxWire.Number(3, number), .. OnnxWire.Number(20, 2)],
        long[] numbers => [.. numbers.SelectMany(n => OnnxWire.Number(8, n)), .. OnnxWire.Number(20, 7)],
        byte[] graph => [.. OnnxWire.Field(6, graph), .. OnnxWire.Number(20, 5)],
        _ => throw new ArgumentException($"{value.GetType()} is no attribute."),
    };
}
