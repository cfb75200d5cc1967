using SeqServe.Core.Errors;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Repository;

/// <summary>A model's folder as it was found.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Folder">Its absolute path.</param>
/// <param name="Versions">Its version folders, ascending.</param>
/// <param name="Manifest">Its manifest, or null when that has faults; where each version has its own, that of the newest.</param>
/// <param name="Fault">Why the model cannot be served, or null.</param>
public sealed record RepositoryModel(string Name, string Folder, IReadOnlyList<int> Versions, ModelManifest? Manifest, string? Fault)
{
    /// <summary>Set where the fault is that a file could not be read, which may have passed at the next attempt.</summary>
    public Exception? Unread { get; init; }

    /// <summary>Whether the folder itself is the only version, without a version folder.</summary>
    public bool IsItsOnlyVersion { get; init; }

    /// <summary>Reads the manifest of a version; null where all versions have the same.</summary>
    internal Func<int, ModelManifest>? ReadManifest { get; init; }

    /// <summary>Absolute path of the repository, out of which none of the model's files may lie.</summary>
    public string Root => Path.GetDirectoryName(Folder) ?? Folder;

    /// <summary>The version folder's absolute path.</summary>
    public string VersionFolder(int version) => IsItsOnlyVersion ? Folder : Path.Combine(Folder, $"{version}");

    /// <summary>The model with the manifest of one of its versions.</summary>
    /// <exception cref="ModelLoadException">That has faults, or is of another task than the model.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public RepositoryModel ForVersion(int version)
    {
        if (ReadManifest is null)
            return this;
        try
        {
            var own = ReadManifest(version);
            return own.Task == Manifest!.Task
                ? this with { Manifest = own, ReadManifest = null }
                : throw new ModelLoadException(
                    $"version {version} is of task \"{own.Task}\", the newest of task \"{Manifest.Task}\"; make it a model of its own.");
        }
        catch (ManifestException e)
        {
            throw new ModelLoadException($"version {version}: {e.Message}", e);
        }
    }

    /// <summary>A file of a version: the version's own, else the model's.</summary>
    public string Resolve(int version, string file)
    {
        var own = Path.Combine(VersionFolder(version), file);
        return File.Exists(own) ? own : Path.Combine(Folder, file);
    }
}
