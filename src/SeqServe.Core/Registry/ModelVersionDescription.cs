using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>What is known of a model version at one moment.</summary>
/// <param name="Version">The version.</param>
/// <param name="Status">Its state.</param>
/// <param name="Served">The loaded model, or null. Not held: for reading its immutable properties only.</param>
public sealed record ModelVersionDescription(int Version, ModelStatus Status, ServedModel? Served);
