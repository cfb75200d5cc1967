using System.Text.Json;

namespace SeqServe.Tokenizers.Files;

/// <summary>A vocabulary as a JSON object of tokens and ids.</summary>
internal static class VocabJson
{
    /// <summary>Reads it; of two entries with the same token the later one counts.</summary>
    /// <param name="content">The file.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static Dictionary<string, int> Read(byte[] content, string name)
    {
        var vocabulary = new Dictionary<string, int>();
        foreach (var entry in FolderFiles.Parse(content, name).EnumerateObject())
        {
            vocabulary[entry.Name] = entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var id) && id >= 0
                ? id
                : throw new InvalidDataException($"{name} has no id for '{entry.Name}'.");
        }

        return vocabulary;
    }
}
