using System.IO.Compression;
using System.Text.Json;

namespace SeqServe.Tokenizers.UnitTests.Support;

/// <summary>What the reference makes of texts, as it lies in the fixtures.</summary>
internal static class Fixture
{
    public static string[] Texts(string path) => JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(Full(path)))!;

    public static JsonElement Json(string path) => JsonDocument.Parse(Bytes(path)).RootElement;

    public static byte[] Bytes(string path)
    {
        using var file = new GZipStream(File.OpenRead(Full(path)), CompressionMode.Decompress);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }

    public static IEnumerable<string> Names(string folder, string suffix) =>
        Directory.EnumerateFiles(Full(folder), "*" + suffix).Select(f => Path.GetFileName(f)[..^suffix.Length]).Order(StringComparer.Ordinal);

    public static int[] Numbers(JsonElement json) => [.. json.EnumerateArray().Select(n => n.GetInt32())];

    /// <summary>Offsets as the reference counts them: start and end of each token in code points.</summary>
    public static int[] CodePointOffsets(TokenEncoding encoding, string text, string? pair = null)
    {
        var places = CodePointPlaces(text);
        var pairPlaces = CodePointPlaces(pair ?? "");
        var offsets = new int[encoding.Count * 2];
        for (var i = 0; i < encoding.Count; i++)
        {
            var of = encoding.SequenceOf(i) == 1 ? pairPlaces : places;
            offsets[i * 2] = of[encoding.Offsets[i].Start];
            offsets[(i * 2) + 1] = of[encoding.Offsets[i].End];
        }

        return offsets;
    }

    private static int[] CodePointPlaces(string text)
    {
        var places = new int[text.Length + 1];
        for (var i = 1; i <= text.Length; i++)
            places[i] = places[i - 1] + (i < text.Length && char.IsLowSurrogate(text[i]) && char.IsHighSurrogate(text[i - 1]) ? 0 : 1);
        return places;
    }

    private static string Full(string path) => Path.Combine(AppContext.BaseDirectory, "Fixtures", path);
}
