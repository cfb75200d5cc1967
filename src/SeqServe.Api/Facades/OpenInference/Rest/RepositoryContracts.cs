using System.Text.Json;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>Which entries of the index are asked for.</summary>
/// <param name="Ready">Whether only versions that are Ready.</param>
internal sealed record IndexRequest(bool Ready = false);

/// <summary>The body of a load or unload.</summary>
/// <param name="Parameters">The protocol's parameters.</param>
internal sealed record RepositoryLoadRequest(IReadOnlyDictionary<string, JsonElement>? Parameters = null);
