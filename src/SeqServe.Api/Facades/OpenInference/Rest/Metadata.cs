namespace SeqServe.Api.Facades.OpenInference.Rest;

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

/// <summary>What the server is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Extensions">Parts of the protocol beyond its core that it knows.</param>
public sealed record ServerMetadata(string Name, string Version, IReadOnlyList<string> Extensions);

/// <summary>What a model takes and gives.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Versions">Versions that serve.</param>
/// <param name="Platform">What it was made for.</param>
/// <param name="Inputs">Inputs of its main graph.</param>
/// <param name="Outputs">Outputs of its main graph.</param>
public sealed record ModelMetadata(string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorMetadata> Inputs, IReadOnlyList<TensorMetadata> Outputs);

/// <summary>An input or output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">What its elements are.</param>
/// <param name="Shape">Sizes of its axes, -1 where any will do. A graph that declares no shape at all is shown with one axis of any size.</param>
public sealed record TensorMetadata(string Name, string Datatype, IReadOnlyList<long> Shape);
