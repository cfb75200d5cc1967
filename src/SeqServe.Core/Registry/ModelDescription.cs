using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;

namespace SeqServe.Core.Registry;

/// <summary>What is known of a model at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Manifest">The manifest of the version that answers requests naming none, or null when that manifest has faults.</param>
/// <param name="IsDefault">Whether it answers requests of its task that name no model.</param>
/// <param name="IsExpected">Whether the server counts as ready only with this model: it was there at the start and has not been unloaded since.</param>
/// <param name="Versions">Its versions, ascending.</param>
public sealed record ModelDescription(
    string Name, ModelManifest? Manifest, bool IsDefault, bool IsExpected, IReadOnlyList<ModelVersionDescription> Versions)
{
    /// <summary>Whether any version serves.</summary>
    public bool IsReady => Versions.Any(v => v.Status.State == ModelState.Ready);
}

/// <summary>What is known of a model version at one moment.</summary>
/// <param name="Version">The version.</param>
/// <param name="Status">Its state.</param>
/// <param name="Served">The loaded model, or null. Not held: for reading its immutable properties only.</param>
public sealed record ModelVersionDescription(int Version, ModelStatus Status, ServedModel? Served);
