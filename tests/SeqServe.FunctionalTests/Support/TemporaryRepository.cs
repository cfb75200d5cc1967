using System.Text.Json.Nodes;

namespace SeqServe.FunctionalTests.Support;

/// <summary>A model repository of the test's own, made of copies of shipped models.</summary>
internal sealed class TemporaryRepository : IDisposable
{
    private readonly TestSupport.TemporaryRepository _models = new();

    public string Path => _models.Root;

    public Dictionary<string, string> Settings => new() { ["SeqServe:ModelRepository"] = Path };

    /// <summary>A copy of the default model.</summary>
    public TemporaryRepository With(string name, Action<JsonObject>? edit = null)
    {
        _models.AddShipped(name, edit, Shipped.Default);
        return this;
    }

    /// <summary>A graph without a manifest.</summary>
    public TemporaryRepository WithBare(string name, byte[] graph)
    {
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(Path, name, "1"));
        File.WriteAllBytes(System.IO.Path.Combine(folder.FullName, "model.onnx"), graph);
        return this;
    }

    /// <summary>A model's files.</summary>
    public TemporaryRepositoryModel Model(string name) => new(System.IO.Path.Combine(Path, name));

    /// <summary>Adds a version with the graph of the first.</summary>
    public void AddVersion(string name, int version)
    {
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(Path, name, $"{version}"));
        File.Copy(System.IO.Path.Combine(Path, name, "1", "model.onnx"), System.IO.Path.Combine(folder.FullName, "model.onnx"));
    }

    /// <summary>A copy of the default model whose graph is not the one its manifest promises.</summary>
    public TemporaryRepository WithBroken(string name)
    {
        With(name, manifest => manifest["default"] = false);
        File.WriteAllText(System.IO.Path.Combine(Path, name, "1", "model.onnx"), "no graph");
        return this;
    }

    public void Dispose() => _models.Dispose();
}
