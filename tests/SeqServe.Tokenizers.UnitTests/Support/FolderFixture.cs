namespace SeqServe.Tokenizers.UnitTests.Support;

/// <summary>Folders of models without their tokenizer.json.</summary>
internal static class FolderFixture
{
    /// <summary>Reads files of a folder; those given replace or hide the folder's.</summary>
    public static Func<string, byte[]?> Reader(string name, Dictionary<string, byte[]?>? changed = null) => file =>
    {
        if (changed is not null && changed.TryGetValue(file, out var content))
            return content;
        var path = $"folders/{name}/{file}.gz";
        return File.Exists(Path.Combine(AppContext.BaseDirectory, "Fixtures", path)) ? Fixture.Bytes(path) : null;
    };
}
