namespace SeqServe.TestSupport.Onnx;

/// <summary>An operator.</summary>
/// <param name="Operator">Its type.</param>
/// <param name="Inputs">Names of what it reads; an empty name leaves an optional input out.</param>
/// <param name="Outputs">Names of what it gives.</param>
public sealed record OnnxNode(string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs)
{
    /// <summary>Where its type is defined; empty for ONNX itself.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Its name; empty for none.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its attributes: a <see cref="long"/>, several of them, a text, a tensor, or a graph's bytes.</summary>
    public IReadOnlyDictionary<string, object> Attributes { get; init; } = new Dictionary<string, object>();

    /// <summary>Its message.</summary>
    public byte[] ToBytes() =>
    [
        .. Inputs.SelectMany(input => OnnxWire.Text(1, input)),
        .. Outputs.SelectMany(output => OnnxWire.Text(2, output)),
        .. Name.Length == 0 ? [] : OnnxWire.Text(3, Name),
        .. OnnxWire.Text(4, Operator),
        .. Domain.Length == 0 ? [] : OnnxWire.Text(7, Domain),
        .. Attributes.SelectMany(attribute => OnnxWire.Field(5, [.. OnnxWire.Text(1, attribute.Key), .. Value(attribute.Value)])),
    ];

    private static byte[] Value(object value) => value switch
    {
        long number => [.. OnnxWire.Number(3, number), .. OnnxWire.Number(20, 2)],
        long[] numbers => [.. numbers.SelectMany(n => OnnxWire.Number(8, n)), .. OnnxWire.Number(20, 7)],
        string text => [.. OnnxWire.Text(4, text), .. OnnxWire.Number(20, 3)],
        OnnxWeights tensor => [.. OnnxWire.Field(5, tensor.ToBytes()), .. OnnxWire.Number(20, 4)],
        byte[] graph => [.. OnnxWire.Field(6, graph), .. OnnxWire.Number(20, 5)],
        _ => throw new ArgumentException($"{value.GetType()} is no attribute."),
    };
}
