namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>What the server is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Extensions">Parts of the protocol beyond its core that it knows.</param>
public sealed record ServerMetadata(string Name, string Version, IReadOnlyList<string> Extensions);

/// <summary>Whether the server answers at all.</summary>
/// <param name="Live">Always true.</param>
public sealed record ServerLive(bool Live);

/// <summary>Whether the server can serve every model it was started with.</summary>
/// <param name="Ready">False with status 503.</param>
public sealed record ServerReady(bool Ready);

/// <summary>Whether a model can be asked.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ready">Always true: a model that is not ready is a failure.</param>
public sealed record ModelReady(string Name, bool Ready);
