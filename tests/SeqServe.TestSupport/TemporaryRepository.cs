using System.Text.Json.Nodes;
using SeqServe.Core.Repository;

namespace SeqServe.TestSupport;

/// <summary>A model repository made for one test.</summary>
public sealed class TemporaryRepository : IDisposable
{
    private const string Shipped = "sentiment-lstm";

    private readonly TemporaryFolder _folder = new();

    /// <summary>Its absolute path.</summary>
    public string Root => _folder.Path;

    /// <summary>Reads it.</summary>
    public FileModelRepository Open() => ShippedTasks.Open(Root);

    /// <summary>The absolute path of something in it.</summary>
    public string Of(params ReadOnlySpan<string> parts) => _folder.Of(parts);

    /// <summary>Writes a text file.</summary>
    public void Write(string relative, string text) => _folder.Write(relative, text);

    /// <summary>Copies a shipped model, graph and all.</summary>
    /// <param name="name">Its name in this repository.</param>
    /// <param name="edit">Changes the manifest.</param>
    /// <param name="source">The shipped model's name.</param>
    public void AddShipped(string name = Shipped, Action<JsonObject>? edit = null, string source = Shipped)
    {
        foreach (var file in Directory.EnumerateFiles(RepositoryRoot.Model(source), "*", SearchOption.AllDirectories))
        {
            var target = Of(name, Path.GetRelativePath(RepositoryRoot.Model(source), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        EditManifest(name, json =>
        {
            json["name"] = name;
            edit?.Invoke(json);
        });
    }

    /// <summary>Adds a model with the shipped tokenizer whose graphs are empty files, for a <see cref="FakeBackendFactory"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="edit">Changes the manifest.</param>
    /// <param name="versions">Its version folders.</param>
    public void AddFake(string name, Action<JsonObject>? edit = null, params int[] versions)
    {
        ArgumentNullException.ThrowIfNull(versions);
        var json = JsonNode.Parse("""
            {
              "task": "classification",
              "tokenizer": { "type": "sentencepiece-bpe", "file": "tokenizer.model", "normalization": "nfkc-casefold" },
              "labels": "labels.txt",
              "limits": { "max_input_tokens": 256 }
            }
            """)!.AsObject();
        json["name"] = name;
        edit?.Invoke(json);
        Write($"{name}/model.json", json.ToJsonString());
        Write($"{name}/labels.txt", "negative\npositive\n");
        File.Copy(Path.Combine(RepositoryRoot.Model(Shipped), "tokenizer.model"), Of(name, "tokenizer.model"));
        foreach (var version in versions.Length == 0 ? [1] : versions)
            Write($"{name}/{version}/model.onnx", "");
    }

    /// <summary>Changes a manifest.</summary>
    public void EditManifest(string name, Action<JsonObject> edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        var path = Of(name, "model.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
