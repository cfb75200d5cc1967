using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Repository;

/// <summary>A model's folder as it was found.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Folder">Its absolute path.</param>
/// <param name="Versions">Its version folders, ascending.</param>
/// <param name="Manifest">Its manifest, or null when that has faults.</param>
/// <param name="Fault">Why the model cannot be served, or null.</param>
public sealed record RepositoryModel(string Name, string Folder, IReadOnlyList<int> Versions, ModelManifest? Manifest, string? Fault)
{
    /// <summary>Set where the fault is that a file could not be read, which may have passed at the next attempt.</summary>
    public Exception? Unread { get; init; }

    /// <summary>Absolute path of the repository, out of which none of the model's files may lie.</summary>
    public string Root => Path.GetDirectoryName(Folder) ?? Folder;

    /// <summary>The version folder's absolute path.</summary>
    public string VersionFolder(int version) => Path.Combine(Folder, $"{version}");

    /// <summary>A file of a version: the version's own, else the model's.</summary>
    public string Resolve(int version, string file)
    {
        var own = Path.Combine(VersionFolder(version), file);
        return File.Exists(own) ? own : Path.Combine(Folder, file);
    }
}
