namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>One model version of the repository index.</summary>
/// <param name="Name">The model.</param>
/// <param name="Version">Its version.</param>
/// <param name="State"><c>READY</c>, <c>LOADING</c>, <c>UNLOADING</c> or <c>UNAVAILABLE</c>.</param>
/// <param name="Reason">Why it is not Ready; empty when it is, or what came of a reload.</param>
internal sealed record RepositoryEntry(string Name, string Version, string State, string Reason);
