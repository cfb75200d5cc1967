using System.Text.Json;

namespace SeqServe.Tokenizers.Files;

/// <summary>The files of a model's folder that a tokenizer is made of, and what tokenizer_config.json says.</summary>
internal sealed class FolderFiles
{
    // Configuration files nest three deep; a chat template's tools may add some.
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 64 };

    private readonly Func<string, byte[]?> _read;

    /// <summary>Takes a folder.</summary>
    /// <param name="read">Gives the content of a file by its name, or null where there is none.</param>
    public FolderFiles(Func<string, byte[]?> read)
    {
        _read = read;
        Config = Json("tokenizer_config.json") ?? default;
    }

    /// <summary>tokenizer_config.json; undefined where there is none.</summary>
    public JsonElement Config { get; }

    /// <summary>The content of a file, or null.</summary>
    public byte[]? Find(string name) => _read(name);

    /// <summary>The content of a file that has to be there.</summary>
    /// <param name="name">The file.</param>
    /// <param name="tokenizer">What needs it, for the message.</param>
    /// <exception cref="InvalidDataException">It is not there.</exception>
    public byte[] Require(string name, string tokenizer) =>
        _read(name) ?? throw new InvalidDataException($"The folder lacks {name}, which a {tokenizer} without tokenizer.json is made of.");

    /// <summary>A file's JSON object, or null.</summary>
    /// <exception cref="InvalidDataException">It is no JSON object.</exception>
    public JsonElement? Json(string name) => _read(name) is { } content ? Parse(content, name) : null;

    /// <summary>Parses a file.</summary>
    /// <exception cref="InvalidDataException">It is no JSON object.</exception>
    public static JsonElement Parse(byte[] content, string name)
    {
        try
        {
            var root = JsonDocument.Parse(content, s_options).RootElement;
            return root.ValueKind == JsonValueKind.Object ? root : throw new InvalidDataException($"{name} is no JSON object.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name} is no JSON: {e.Message}", e);
        }
    }

    /// <summary>A value of tokenizer_config.json, or null.</summary>
    public JsonElement? Setting(string name) =>
        Config.ValueKind == JsonValueKind.Object && Config.TryGetProperty(name, out var value) ? value : null;

    /// <summary>A yes or no of tokenizer_config.json; null counts as no, as in Python.</summary>
    public bool Flag(string name, bool otherwise) => Setting(name) is { } value ? value.ValueKind == JsonValueKind.True : otherwise;

    /// <summary>A text of tokenizer_config.json, or null.</summary>
    public string? Text(string name) => Setting(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A whole number of tokenizer_config.json.</summary>
    /// <exception cref="InvalidDataException">It is none, or not within the bounds.</exception>
    public int Number(string name, int otherwise, int least, int most)
    {
        if (Setting(name) is not { } value || value.ValueKind == JsonValueKind.Null)
            return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw new InvalidDataException($"'{name}' of tokenizer_config.json is not a whole number from {least} to {most}.");
    }
}
