namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>What of the index is wanted.</summary>
/// <param name="Ready">Whether only versions that serve.</param>
internal sealed record IndexRequest(bool Ready = false);
