using SeqServe.Core.Files;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Repository;

/// <summary>A folder with a <c>model.json</c>, and version folders or the graph itself, which then is the only version.</summary>
/// <param name="reader">Reads it.</param>
public sealed class ManifestFormat(ManifestReader reader) : IModelFormat
{
    private const string ManifestName = "model.json";
    private const int MaxBytes = 1 << 20;

    /// <inheritdoc/>
    public RepositoryModel? Read(ModelFolder folder)
    {
        var file = Path.Combine(folder.Path, ManifestName);
        // Whatever has that name: a model whose manifest is no file, or a link to nothing, is not one without a manifest.
        if (!File.Exists(file) && !Directory.Exists(file))
            return null;
        try
        {
            var manifest = reader.Read(RegularFile.Read(file, MaxBytes, folder.Root), folder.Name);
            return (HoldsGraph(folder, manifest) ? folder with { Versions = [1], IsItsOnlyVersion = true } : folder).With(manifest);
        }
        catch (FileRefusedException e)
        {
            return folder.With($"{folder.Name}/{ManifestName} {e.Message}");
        }
        catch (ManifestException e)
        {
            return folder.With(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not the exception's own words: they hold absolute paths, and the fault is shown to clients.
            return folder.With($"{folder.Name}/{ManifestName} cannot be read; check that the server may read it") with { Unread = e };
        }
    }

    private static bool HoldsGraph(ModelFolder folder, ModelManifest manifest) =>
        folder.Versions.Count == 0 && manifest.Graphs.Values.Any(graph => File.Exists(Path.Combine(folder.Path, graph)));
}

/// <summary>A folder with <c>&lt;version&gt;/model.onnx</c> and no manifest: a graph and nothing else.</summary>
/// <param name="reader">Gives it a default manifest.</param>
public sealed class BareGraphFormat(ManifestReader reader) : IModelFormat
{
    /// <summary>The task of such a model: tensors in, tensors out, since nothing is known of what they mean.</summary>
    public const string TaskName = "tensor";

    private const string GraphName = "model.onnx";

    /// <inheritdoc/>
    public RepositoryModel? Read(ModelFolder folder)
    {
        if (!folder.Versions.Any(version => File.Exists(Path.Combine(folder.Path, $"{version}", GraphName))))
            return null;
        try
        {
            return folder.With(reader.Default(folder.Name, TaskName));
        }
        catch (ManifestException e)
        {
            return folder.With(e.Message);
        }
    }
}
