namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>An output that a request asks for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Binary">Whether it is wanted as binary data; null when the output does not say.</param>
internal sealed record InferOutput(string Name, bool? Binary);
