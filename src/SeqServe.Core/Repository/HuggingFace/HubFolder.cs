using System.Text.Json;
using SeqServe.Core.Files;

namespace SeqServe.Core.Repository.HuggingFace;

/// <summary>The files of a folder as Hugging Face's libraries write it, each read with bounds.</summary>
/// <param name="path">Absolute path of the folder.</param>
/// <param name="root">Absolute path of the repository, out of which no file may lie.</param>
internal sealed class HubFolder(string path, string root)
{
    /// <summary>What every such folder has.</summary>
    public const string ConfigName = "config.json";

    // The tokens that were added to a tokenizer are listed in its configuration.
    private const int MaxBytes = 16 << 20;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 32 };

    /// <summary>Whether there is something of that name, a file or not.</summary>
    public bool Has(string file) => File.Exists(Path.Combine(path, file)) || Directory.Exists(Path.Combine(path, file));

    /// <summary>Reads a file of JSON.</summary>
    /// <param name="file">Its name in the folder.</param>
    /// <returns>Its object, or array; null when there is no such file.</returns>
    /// <exception cref="HubException">It cannot be read, or is not JSON.</exception>
    public JsonElement? Json(string file)
    {
        if (!Has(file))
            return null;
        var content = Read(file);
        try
        {
            using var document = JsonDocument.Parse(content, s_options);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new HubException($"{file} {FileHead.Fault(content) ?? $"is no valid JSON at line {e.LineNumber + 1}; copy it again"}");
        }
    }

    /// <summary>The object of a file of JSON; an empty one when there is no such file.</summary>
    /// <exception cref="HubException">As <see cref="Json"/>, or it holds something else.</exception>
    public HubJson Object(string file)
    {
        var json = Json(file) ?? JsonSerializer.SerializeToElement(new Dictionary<string, object>());
        return json.ValueKind == JsonValueKind.Object ? new HubJson(file, json) : throw new HubException($"{file} must hold one JSON object; copy it again");
    }

    /// <summary>The first of these files that there is, or null.</summary>
    public string? First(params ReadOnlySpan<string> files)
    {
        foreach (var file in files)
        {
            if (Has(file))
                return file;
        }

        return null;
    }

    /// <summary>The first file whose name ends so, in the order of names; null when there is none.</summary>
    public string? Ending(string suffix) => Directory.EnumerateFiles(path)
        .Select(file => Path.GetFileName(file))
        .Where(file => file.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
        .Order(StringComparer.Ordinal)
        .FirstOrDefault();

    private byte[] Read(string file)
    {
        try
        {
            return RegularFile.Read(Path.Combine(path, file), MaxBytes, root);
        }
        catch (FileRefusedException e)
        {
            throw new HubException($"{file} {e.Message}");
        }
    }
}

/// <summary>A folder as Hugging Face's libraries write it cannot be served.</summary>
/// <param name="message">What is wrong and what to do.</param>
internal sealed class HubException(string message) : Exception(message);

/// <summary>An object of a file of JSON, of which keys of the wrong kind count as missing: exporters write null, lists and texts for the same key.</summary>
/// <param name="file">The file, for messages.</param>
/// <param name="json">The object.</param>
internal readonly struct HubJson(string file, JsonElement json)
{
    /// <summary>The file, for messages.</summary>
    public string File => file;

    /// <summary>A text.</summary>
    /// <exception cref="HubException">It is no valid Unicode.</exception>
    public string? Text(string key)
    {
        try
        {
            return json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            throw new HubException($"{file}: {key} is no valid Unicode; write no lone surrogates");
        }
    }

    /// <summary>A whole number; one that is written as a float counts where it is whole.</summary>
    public long? Number(string key) =>
        json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
        && number == Math.Floor(number) && Math.Abs(number) < long.MaxValue
            ? (long)number
            : null;

    /// <summary>What is written for a key; null when it is missing or null.</summary>
    public string? Raw(string key) => json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetRawText() : null;

    /// <summary>A number; null when it is missing.</summary>
    public double? Real(string key) =>
        json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

    /// <summary>A whole number, or a list of such; empty when it is missing.</summary>
    public IReadOnlyList<long> Numbers(string key)
    {
        if (Number(key) is { } single)
            return [single];
        return json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Array
            ? [
                .. value.EnumerateArray()
                    .Where(static item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out _))
                    .Select(static item => item.GetInt64()),
            ]
            : [];
    }

    /// <summary>True or false; null when it is missing.</summary>
    public bool? Flag(string key) => json.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.ValueKind == JsonValueKind.True
        : null;

    /// <summary>Texts; empty when it is missing.</summary>
    public IReadOnlyList<string> Texts(string key) => json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => item.GetString()!)]
        : [];

    /// <summary>An object; null when it is missing.</summary>
    public HubJson? Object(string key) =>
        json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Object ? new HubJson(file, value) : null;

    /// <summary>The only object within an object; null where that is missing or has several.</summary>
    public HubJson? Single(string key) => Object(key) is { } outer && outer.Entries().Take(2).ToList() is [var only] ? outer.Object(only.Name) : null;

    /// <summary>Its keys and values.</summary>
    public IEnumerable<JsonProperty> Entries() => json.EnumerateObject();
}
