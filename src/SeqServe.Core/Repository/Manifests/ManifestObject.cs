using System.Globalization;
using System.Text.Json;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>
/// One JSON object of a manifest, read key by key. Faults are collected instead of thrown, and a fallback is returned, so that one reading finds them all.
/// </summary>
public sealed class ManifestObject
{
    /// <summary>Most characters of a text.</summary>
    public const int MaxText = 4096;

    private const int MaxKey = 512;

    private readonly JsonElement _json;
    private readonly string _path;
    private readonly ManifestErrors _errors;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Makes a reader of an object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="path">Where it is in the file; empty for the whole.</param>
    /// <param name="errors">Receives the faults.</param>
    internal ManifestObject(JsonElement json, string path, ManifestErrors errors)
    {
        _json = json;
        _path = path;
        _errors = errors;
    }

    /// <summary>Faults found so far in the whole file.</summary>
    public int Errors => _errors.Count;

    /// <summary>The path of a key: <c>limits.max_input_tokens</c>.</summary>
    public string Path(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    /// <summary>Notes a fault.</summary>
    /// <param name="key">The key at fault.</param>
    /// <param name="value">What is there, or null when nothing is.</param>
    /// <param name="remedy">What is wrong and what to write instead.</param>
    public void Fault(string key, string? value, string remedy) => _errors.Add(Path(key), value, remedy);

    /// <summary>The value of a key, or null when it is missing or null. Marks the key as known.</summary>
    public JsonElement? Value(string key)
    {
        _known.Add(key);
        return _json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>A string; null when it is missing, no string, or too long.</summary>
    /// <param name="key">The key.</param>
    /// <param name="required">Whether a missing or empty one is a fault.</param>
    /// <param name="most">Most characters of it.</param>
    public string? Text(string key, bool required = false, int most = MaxText)
    {
        if (Value(key) is not { } value)
            return Missing(key, required, "a string");
        if (value.ValueKind != JsonValueKind.String)
            return Wrong(key, value, "must be a string");
        if (IsTooLong(key, value, most))
            return null;
        return value.GetString() is { Length: > 0 } text ? text : required ? Wrong(key, value, "must not be empty") : "";
    }

    /// <summary>True or false; false when it is missing.</summary>
    public bool Flag(string key)
    {
        if (Value(key) is not { } value)
            return false;
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            Wrong(key, value, "must be true or false");
        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>A whole number in a range; null when it is missing or not one.</summary>
    public long? Number(string key, long min, long max, bool required = false)
    {
        if (Value(key) is not { } value)
        {
            Missing(key, required, string.Create(CultureInfo.InvariantCulture, $"a whole number in {min}–{max}"));
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max)
            return number;
        Wrong(key, value, string.Create(CultureInfo.InvariantCulture, $"must be a whole number in {min}–{max}"));
        return null;
    }

    /// <summary>A number in a range; null when it is missing or not one.</summary>
    public double? Real(string key, double min, double max)
    {
        if (Value(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= min && number <= max)
            return number;
        Wrong(key, value, string.Create(CultureInfo.InvariantCulture, $"must be a number in {min}–{max}"));
        return null;
    }

    /// <summary>A whole number in a range, or a list of such; empty when it is missing.</summary>
    public IReadOnlyList<long> Numbers(string key, long min, long max)
    {
        if (Value(key) is not { ValueKind: JsonValueKind.Array } values)
            return Number(key, min, max) is { } single ? [single] : [];
        var numbers = new List<long>();
        foreach (var value in values.EnumerateArray())
        {
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max)
                numbers.Add(number);
            else
                Wrong(key, value, string.Create(CultureInfo.InvariantCulture, $"must be a whole number in {min}–{max}, or a list of such"));
        }

        return numbers;
    }

    /// <summary>A whole number in a range, or the string "auto" (null).</summary>
    public int? NumberOrAuto(string key, int min, int max)
    {
        if (Value(key) is not { } value || (value.ValueKind == JsonValueKind.String && value.ValueEquals("auto")))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max)
            return number;
        Wrong(key, value, string.Create(CultureInfo.InvariantCulture, $"must be \"auto\" or a whole number in {min}–{max}"));
        return null;
    }

    /// <summary>One of several strings.</summary>
    /// <param name="key">The key.</param>
    /// <param name="choices">What each string means.</param>
    /// <param name="fallback">The result when it is missing or none of them.</param>
    /// <param name="required">Whether a missing one is a fault.</param>
    public T Choice<T>(string key, IReadOnlyDictionary<string, T> choices, T fallback, bool required = false)
    {
        var names = string.Join(", ", choices.Keys.Select(name => $"\"{name}\""));
        if (Value(key) is not { } value)
        {
            Missing(key, required, $"one of {names}");
            return fallback;
        }

        if (value.ValueKind == JsonValueKind.String && choices.TryGetValue(value.GetString()!, out var choice))
            return choice;
        Wrong(key, value, $"must be one of {names}");
        return fallback;
    }

    /// <summary>An object; null when it is missing or no object.</summary>
    public ManifestObject? Object(string key, bool required = false)
    {
        if (Value(key) is not { } value)
        {
            Missing(key, required, "an object");
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
            return new ManifestObject(value, Path(key), _errors);
        Wrong(key, value, "must be an object");
        return null;
    }

    /// <summary>A list of objects; empty when the key is missing.</summary>
    public IReadOnlyList<ManifestObject> Objects(string key) =>
        [.. Elements(key, JsonValueKind.Object, "an object").Select((value, index) => new ManifestObject(value, $"{Path(key)}[{index}]", _errors))];

    /// <summary>A list of strings; empty when the key is missing.</summary>
    public IReadOnlyList<string> Texts(string key) =>
        [.. Elements(key, JsonValueKind.String, "a string").Where(value => !IsTooLong(key, value, MaxText)).Select(value => value.GetString()!)];

    /// <summary>Marks keys as known without reading them.</summary>
    public void Skip(IEnumerable<string> keys) => _known.UnionWith(keys);

    /// <summary>All keys and values of an object whose keys are free.</summary>
    public IEnumerable<(string Key, JsonElement Value)> Entries()
    {
        foreach (var property in _json.EnumerateObject())
        {
            _known.Add(property.Name);
            if (property.Name.Length <= MaxKey)
                yield return (property.Name, property.Value);
            else
                Fault(property.Name, null, $"is a key of {property.Name.Length} characters; write at most {MaxKey}");
        }
    }

    /// <summary>Notes a fault for every key that was not read, and for every key that is given twice.</summary>
    public void RefuseUnknownKeys()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string? remedy = null;
        foreach (var property in _json.EnumerateObject())
        {
            if (!seen.Add(property.Name))
                Fault(property.Name, null, "is given twice; keep one");
            else if (!_known.Contains(property.Name))
                Fault(property.Name, Shorten(property.Value),
                    remedy ??= $"is not a key of this object; remove it or write one of {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
        }
    }

    /// <summary>Notes a fault of a value; always null, to be returned in its place.</summary>
    public string? Wrong(string key, JsonElement value, string remedy)
    {
        Fault(key, Shorten(value), remedy);
        return null;
    }

    private IReadOnlyList<JsonElement> Elements(string key, JsonValueKind kind, string what)
    {
        if (Value(key) is not { } value)
            return [];
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(element => element.ValueKind == kind))
            return [.. value.EnumerateArray()];
        Wrong(key, value, $"must be a list in brackets, each element {what}");
        return [];
    }

    private bool IsTooLong(string key, JsonElement text, int most)
    {
        if (text.GetString()!.Length is var length && length <= most)
            return false;
        Wrong(key, text, $"has {length} characters; write at most {most}");
        return true;
    }

    private string? Missing(string key, bool required, string what)
    {
        if (required)
            Fault(key, null, $"is missing; add {what}");
        return null;
    }

    private static string Shorten(JsonElement value)
    {
        var raw = value.GetRawText();
        return raw.Length <= 60 ? raw : string.Concat(raw.AsSpan(0, 57), "...");
    }
}
