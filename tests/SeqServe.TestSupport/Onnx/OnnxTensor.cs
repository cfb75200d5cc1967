namespace SeqServe.TestSupport.Onnx;

/// <summary>An input or output of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type's number in onnx.proto.</param>
/// <param name="Shape">Its axes; 0 is free, and a number below 0 is free and equal to the others of that number. Null when no shape is declared.</param>
public sealed record OnnxTensor(string Name, int Type, params int[]? Shape)
{
    internal byte[] ToBytes() => [.. OnnxWire.Text(1, Name), .. OnnxWire.Field(2, OnnxWire.Field(1, [.. OnnxWire.Number(1, Type), .. ShapeField()]))];

    private byte[] ShapeField() => Shape is null ? [] : OnnxWire.Field(2, [.. Shape.SelectMany(Axis)]);

    private static byte[] Axis(int size, int axis) =>
        OnnxWire.Field(1, size > 0 ? OnnxWire.Number(1, size) : OnnxWire.Text(2, size == 0 ? $"d{axis}" : $"n{-size}"));
}
