namespace SeqServe.Onnx.Files;

/// <summary>A tensor whose bytes lie in a file beside the graph.</summary>
/// <param name="Name">The tensor's name, for people.</param>
/// <param name="Location">The file, relative to the graph's folder, as the graph writes it.</param>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Length">Its bytes, or null when the graph does not say.</param>
internal sealed record ExternalTensor(string Name, string Location, long Offset, long? Length);
