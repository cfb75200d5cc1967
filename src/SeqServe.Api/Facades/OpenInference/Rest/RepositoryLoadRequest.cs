using System.Text.Json;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>The body of a load or unload.</summary>
/// <param name="Parameters">The protocol's parameters.</param>
internal sealed record RepositoryLoadRequest(IReadOnlyDictionary<string, JsonElement>? Parameters = null);
