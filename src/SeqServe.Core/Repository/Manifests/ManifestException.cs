namespace SeqServe.Core.Repository.Manifests;

/// <summary>A manifest has faults; all of them are listed.</summary>
/// <param name="file">The manifest, relative to the repository.</param>
/// <param name="errors">Every fault found.</param>
public sealed class ManifestException(string file, IReadOnlyList<ManifestError> errors)
    : Exception($"{file}: {string.Join("; ", errors)}")
{
    /// <summary>Every fault found.</summary>
    public IReadOnlyList<ManifestError> Errors { get; } = errors;
}
