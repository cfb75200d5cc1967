using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Registry;

/// <summary>What is known of a model at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Manifest">Its manifest, or null when that has faults.</param>
/// <param name="IsDefault">Whether it answers requests of its task that name no model.</param>
/// <param name="IsExpected">Whether the server counts as ready only with this model: it was there at the start, and nobody has unloaded it.</param>
/// <param name="Versions">Its versions, ascending.</param>
public sealed record ModelDescription(string Name, ModelManifest? Manifest, bool IsDefault, bool IsExpected, IReadOnlyList<ModelVersionDescription> Versions)
{
    /// <summary>Whether any version serves.</summary>
    public bool IsReady => Versions.Any(v => v.Status.State == ModelState.Ready);
}
