using SeqServe.Core.Repository.Manifests;
using IOPath = System.IO.Path;

namespace SeqServe.Core.Repository;

/// <summary>A way in which a folder of the repository can be a model.</summary>
public interface IModelFormat
{
    /// <summary>Reads a folder.</summary>
    /// <returns>The model, with its fault where it has one; null when the folder is not of this format.</returns>
    RepositoryModel? Read(ModelFolder folder);
}

/// <summary>A folder of the repository.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its absolute path.</param>
/// <param name="Versions">The numbers of its version folders, ascending.</param>
public sealed record ModelFolder(string Name, string Path, IReadOnlyList<int> Versions)
{
    /// <summary>Absolute path of the repository, out of which none of the folder's files may lie.</summary>
    public string Root => IOPath.GetDirectoryName(Path) ?? Path;

    /// <summary>Whether the folder itself is the only version, without a version folder.</summary>
    public bool IsItsOnlyVersion { get; init; }

    internal RepositoryModel With(ModelManifest manifest) => new(Name, Path, Versions, manifest, Fault(manifest)) { IsItsOnlyVersion = IsItsOnlyVersion };

    internal RepositoryModel With(string fault) => new(Name, Path, Versions, null, fault) { IsItsOnlyVersion = IsItsOnlyVersion };

    private string? Fault(ModelManifest manifest) => manifest.VersionPolicy.Select(Versions).Count switch
    {
        0 => $"{Name} has no version folder; add {Name}/1 with its graph",
        > VersionPolicy.MaxServed and var count =>
            $"version_policy selects {count} versions, of which at most {VersionPolicy.MaxServed} are served side by side; select fewer",
        _ => null,
    };
}
