using System.IO.Compression;
using System.Text.Json;

namespace SeqServe.Tokenizers.UnitTests.Support;

/// <summary>
/// Models with random vocabularies, and what the reference (tokenizers 0.22.2 by way of npm @anush008/tokenizers 0.6.0) makes of random texts with them.
/// </summary>
internal static class ModelFixture
{
    private static readonly Lazy<JsonElement> s_all = new(() =>
    {
        using var file = new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Fixtures", "models.json.gz")), CompressionMode.Decompress);
        return JsonDocument.Parse(file).RootElement;
    });

    public static IEnumerable<string> Names => s_all.Value.EnumerateArray().Select(m => m.GetProperty("name").GetString()!);

    public static JsonElement Get(string name) => s_all.Value.EnumerateArray().Single(m => m.GetProperty("name").GetString() == name);
}
