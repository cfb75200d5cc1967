using System.Globalization;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Repository;

/// <summary>A folder of models: <c>&lt;name&gt;/model.json</c> and <c>&lt;name&gt;/&lt;version&gt;/…</c>. Names come from the folder, never from a request.</summary>
/// <param name="root">Absolute path of the folder.</param>
public sealed class FileModelRepository(string root)
{
    private const string ManifestName = "model.json";

    /// <summary>Absolute path of the folder.</summary>
    public string Root { get; } = root;

    /// <summary>Finds every model, faulty ones among them. A folder without manifest and without <c>&lt;version&gt;/model.onnx</c> is no model.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public IReadOnlyList<RepositoryModel> Scan()
    {
        var models = new List<RepositoryModel>();
        foreach (var folder in Directory.EnumerateDirectories(Root).Order(StringComparer.Ordinal))
        {
            if (ScanModel(folder) is { } model)
                models.Add(model);
        }

        return models;
    }

    /// <summary>Reads one model anew.</summary>
    /// <param name="name">Its folder's name; compared with the folders there are, so that no path can be in it.</param>
    /// <returns>The model, or null when the repository has none of that name.</returns>
    /// <exception cref="DirectoryNotFoundException">The repository's folder does not exist.</exception>
    public RepositoryModel? Find(string name) =>
        Directory.EnumerateDirectories(Root).FirstOrDefault(folder => Path.GetFileName(folder) == name) is { } found ? ScanModel(found) : null;

    private static RepositoryModel? ScanModel(string folder)
    {
        var name = Path.GetFileName(folder);
        List<int> versions;
        try
        {
            versions = Versions(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // lost+found of a mounted volume, say: it cannot be told whether it is a model, and it must not stop the others.
            return null;
        }

        var manifestFile = Path.Combine(folder, ManifestName);
        if (!File.Exists(manifestFile))
        {
            var isBare = versions.Any(v => File.Exists(Path.Combine(folder, $"{v}", "model.onnx")));
            return isBare ? Bare(name, folder, versions) : null;
        }

        try
        {
            var manifest = ManifestReader.Read(File.ReadAllBytes(manifestFile), name);
            return new RepositoryModel(name, folder, versions, manifest, Fault(name, manifest, versions));
        }
        catch (ManifestException e)
        {
            return new RepositoryModel(name, folder, versions, null, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not the exception's own words: they hold absolute paths, and the fault is shown to clients.
            return new RepositoryModel(name, folder, versions, null, $"{name}/{ManifestName} cannot be read; check that the server may read it");
        }
    }

    // A graph and nothing else: tensors in, tensors out.
    private static RepositoryModel Bare(string name, string folder, List<int> versions)
    {
        try
        {
            return new RepositoryModel(name, folder, versions, ManifestReader.Bare(name), null);
        }
        catch (ManifestException e)
        {
            return new RepositoryModel(name, folder, versions, null, e.Message);
        }
    }

    private static string? Fault(string name, ModelManifest manifest, List<int> versions) =>
        manifest.VersionPolicy.Select(versions).Count == 0 ? $"{name} has no version folder; add {name}/1 with its graph" : null;

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
