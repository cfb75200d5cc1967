using System.Text.Json.Nodes;

namespace SeqServe.FunctionalTests.Support;

/// <summary>A model of a <see cref="TemporaryRepository"/> whose files a test changes.</summary>
internal sealed class TemporaryRepositoryModel(string folder)
{
    public byte[] Read(string file) => File.ReadAllBytes(Path.Combine(folder, file));

    public TemporaryRepositoryModel Write(string file, ReadOnlySpan<byte> content)
    {
        File.WriteAllBytes(Path.Combine(folder, file), content);
        return this;
    }

    /// <summary>Puts a link in the place of a file.</summary>
    public TemporaryRepositoryModel Link(string file, string target)
    {
        File.Delete(Path.Combine(folder, file));
        File.CreateSymbolicLink(Path.Combine(folder, file), target);
        return this;
    }

    /// <summary>Puts a link in the place of a folder.</summary>
    public TemporaryRepositoryModel LinkFolder(string name, string target)
    {
        Directory.Delete(Path.Combine(folder, name), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(folder, name), target);
        return this;
    }

    /// <summary>Puts a named pipe in the place of a file.</summary>
    public TemporaryRepositoryModel Pipe(string file)
    {
        TestSupport.SpecialFiles.MakePipe(Path.Combine(folder, file));
        return this;
    }

    public TemporaryRepositoryModel Remove(string file)
    {
        File.Delete(Path.Combine(folder, file));
        return this;
    }

    public TemporaryRepositoryModel Manifest(Action<JsonObject> edit)
    {
        var file = Path.Combine(folder, "model.json");
        var json = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        edit(json);
        File.WriteAllText(file, json.ToJsonString());
        return this;
    }
}
