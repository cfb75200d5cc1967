using System.Buffers;
using System.Text.Json;

namespace SeqServe.Core.Repository.Manifests;

internal static class FilesReader
{
    private const string Prefix = "sha256:";
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    public static IReadOnlyDictionary<string, string> Read(ManifestObject? json)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json is null)
            return files;
        foreach (var (file, value) in json.Entries())
        {
            var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            if (!RelativePath.IsInside(file))
                json.Wrong(file, value, "must be a path inside the model's folder, without \"..\"");
            else if (IsChecksum(text))
                files[file] = text[Prefix.Length..];
            else
                json.Wrong(file, value, "must be \"sha256:\" and 64 lower-case hexadecimal digits");
        }

        json.RefuseUnknownKeys();
        return files;
    }

    private static bool IsChecksum(string text) =>
        text.Length == Prefix.Length + 64
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.AsSpan(Prefix.Length).IndexOfAnyExcept(s_hex) < 0;
}
