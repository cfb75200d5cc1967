using System.Globalization;
using SeqServe.Core.Files;

namespace SeqServe.Core.Repository;

/// <summary>A folder of models: <c>&lt;name&gt;/&lt;version&gt;/…</c>. Names come from the folder, never from a request.</summary>
/// <param name="root">Absolute path of the folder.</param>
/// <param name="formats">What makes a folder a model; the first that takes it decides.</param>
public sealed class FileModelRepository(string root, IEnumerable<IModelFormat> formats)
{
    private readonly IReadOnlyList<IModelFormat> _formats = [.. formats];

    /// <summary>Absolute path of the folder.</summary>
    public string Root { get; } = root;

    /// <summary>Finds every model, faulty ones among them. A folder that no format takes is no model.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public IReadOnlyList<RepositoryModel> Scan() =>
        [.. Directory.EnumerateDirectories(Root).Order(StringComparer.Ordinal).Select(TryRead).OfType<RepositoryModel>()];

    /// <summary>Names of the folders that hold a version folder and still are no model: mostly one whose graph or manifest has another name.</summary>
    /// <exception cref="IOException">The repository cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The repository may not be read.</exception>
    public IReadOnlyList<string> FindUnclaimed() =>
        [.. Directory.EnumerateDirectories(Root).Where(IsUnclaimed).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    /// <summary>Reads one model again.</summary>
    /// <param name="name">Its folder's name; compared with the folders there are, so that no path can be in it.</param>
    /// <returns>The model, or null when the repository has none of that name.</returns>
    /// <exception cref="IOException">The repository's folder does not exist, or the model's cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    public RepositoryModel? Find(string name) =>
        Directory.EnumerateDirectories(Root).FirstOrDefault(folder => Path.GetFileName(folder) == name) is { } found ? Read(found) : null;

    private RepositoryModel? Read(string path)
    {
        // What lies behind such a link is not even listed.
        if (!RealPath.IsInside(path, Root))
            return new RepositoryModel(Path.GetFileName(path), path, [], null, $"{Path.GetFileName(path)} {FileRefusedException.LeadsOut().Message}");
        var folder = new ModelFolder(Path.GetFileName(path), path, Versions(path));
        return _formats.Select(format => format.Read(folder)).FirstOrDefault(model => model is not null);
    }

    private RepositoryModel? TryRead(string path)
    {
        try
        {
            return Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // For example lost+found of a mounted volume: whether it is a model is unknown, and it must not stop the others.
            return null;
        }
    }

    private bool IsUnclaimed(string path)
    {
        try
        {
            return RealPath.IsInside(path, Root) && Versions(path).Count > 0 && Read(path) is null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static List<int> Versions(string folder)
    {
        var versions = new List<int>();
        foreach (var sub in Directory.EnumerateDirectories(folder))
        {
            var name = Path.GetFileName(sub);
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 && name[0] != '0')
                versions.Add(version);
        }

        versions.Sort();
        return versions;
    }
}
