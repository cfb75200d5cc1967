namespace SeqServe.Api.OpenInference;

/// <summary>What of the index is wanted.</summary>
/// <param name="Ready">Whether only versions that serve.</param>
internal sealed record RepositoryIndexRequest(bool Ready = false);
