using System.Text.Json;
using System.Text.Json.Nodes;
using SeqServe.Core.Files;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Repository.HuggingFace;

/// <summary>
/// A folder as Hugging Face's exporters write it: <c>config.json</c>, the files of a tokenizer, and graphs beside it or in <c>onnx/</c>. Its own files say
/// all that a manifest would; a <c>model.json</c> beside them may say otherwise. The model's folder itself is version 1; or each of its version folders is one.
/// </summary>
/// <param name="reader">Reads what was derived as a manifest, with the same checks.</param>
public sealed class HuggingFaceFormat(ManifestReader reader) : IModelFormat
{
    private const string ManifestName = "model.json";
    private const int MaxManifestBytes = 1 << 20;

    private static readonly JsonDocumentOptions s_lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <inheritdoc/>
    public RepositoryModel? Read(ModelFolder folder)
    {
        var isWhole = IsConfigured(folder.Path);
        var versions = isWhole ? [1] : folder.Versions.Where(version => IsConfigured(Path.Combine(folder.Path, $"{version}"))).ToList();
        if (versions.Count == 0)
            return null;
        var model = folder with { Versions = versions, IsItsOnlyVersion = isWhole };
        try
        {
            return model.With(Manifest(model, versions[^1])) with
            {
                ReadManifest = isWhole ? null : version => Manifest(model, version),
            };
        }
        catch (ManifestException e)
        {
            return model.With(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not the exception's own words: they hold absolute paths, and the fault is shown to clients.
            return model.With($"a file of {folder.Name} cannot be read; check that the server may read it") with { Unread = e };
        }
    }

    // A manifest may lie beside any file of that name.
    private static bool IsConfigured(string folder) => File.Exists(Path.Combine(folder, HubFolder.ConfigName));

    private ModelManifest Manifest(ModelFolder model, int version)
    {
        var path = model.IsItsOnlyVersion ? model.Path : Path.Combine(model.Path, $"{version}");
        var derived = Derive(new HubFolder(path, model.Root), model.Name);
        foreach (var folder in model.IsItsOnlyVersion ? [model.Path] : new[] { model.Path, path })
            Merge(derived, Override(Path.Combine(folder, ManifestName), model));
        return reader.Read(JsonSerializer.SerializeToUtf8Bytes(derived), model.Name);
    }

    private static JsonObject Derive(HubFolder folder, string name)
    {
        try
        {
            return HubManifest.Derive(folder, name);
        }
        catch (HubException e)
        {
            throw new ManifestException(name, e.Message);
        }
    }

    private static JsonObject? Override(string file, ModelFolder model)
    {
        if (!File.Exists(file) && !Directory.Exists(file))
            return null;
        var place = $"{model.Name}/{ManifestName}";
        try
        {
            return JsonNode.Parse(RegularFile.Read(file, MaxManifestBytes, model.Root), documentOptions: s_lenient) as JsonObject
                ?? throw new ManifestException(place, "the file must hold one JSON object");
        }
        catch (FileRefusedException e)
        {
            throw new ManifestException(place, e.Message);
        }
        catch (JsonException e)
        {
            throw new ManifestException(place, $"no valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        catch (ArgumentException)
        {
            throw new ManifestException(place, "a key is given twice; keep one");
        }
    }

    // What the override says holds; of objects key by key.
    private static void Merge(JsonObject derived, JsonObject? manifest)
    {
        foreach (var (key, value) in manifest ?? [])
        {
            if (value is JsonObject inner && derived[key] is JsonObject target)
                Merge(target, inner);
            else
                derived[key] = value?.DeepClone();
        }
    }
}
