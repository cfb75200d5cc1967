namespace SeqServe.Onnx.Files;

/// <summary>A tensor whose bytes lie in a file beside the graph.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Location">The file, relative to the graph's folder, as the graph writes it.</param>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Length">Its bytes, or null when the graph does not say.</param>
/// <param name="ElementType">The type of its elements, by onnx.proto's <c>TensorProto.DataType</c>.</param>
/// <param name="Shape">Its dimensions.</param>
internal sealed record ExternalTensor(string Name, string Location, long Offset, long? Length, int ElementType, long[] Shape);
