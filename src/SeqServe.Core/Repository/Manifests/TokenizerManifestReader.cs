using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>Reads the key <c>tokenizer</c>.</summary>
/// <param name="types">The values that its key <c>type</c> may have, and of each whether its files describe it.</param>
internal sealed class TokenizerManifestReader(IReadOnlyDictionary<string, bool> types)
{
    private static readonly Dictionary<string, TextNormalization> s_normalizations = new(StringComparer.Ordinal)
    {
        ["none"] = TextNormalization.None,
        ["nfkc"] = TextNormalization.Nfkc,
        ["nfkc-casefold"] = TextNormalization.NfkcCasefold,
    };

    private readonly Dictionary<string, string?> _types = types.Keys.ToDictionary(type => type, string? (type) => type, StringComparer.Ordinal);

    /// <summary>Reads it; null where it is missing, which is a fault for a task that reads text.</summary>
    public TokenizerManifest? Read(ManifestObject root, ITaskSchema task)
    {
        if (root.Object("tokenizer", required: task.ReadsText) is not { } json)
            return null;
        var type = json.Choice("type", _types, null, required: true) ?? "";
        if (types.GetValueOrDefault(type))
            return ReadSelfDescribed(json, type);
        var file = json.FileName("file", required: true) ?? "";
        var (addBegin, addEnd) = (json.Flag("add_bos"), json.Flag("add_eos"));
        var begin = (int?)json.Number("bos_id", 0, int.MaxValue, required: task.WritesText || addBegin);
        var end = (int?)json.Number("eos_id", 0, int.MaxValue, required: task.WritesText || addEnd);
        var manifest = new TokenizerManifest
        {
            Type = type,
            File = file,
            Normalization = json.Choice("normalization", s_normalizations, TextNormalization.Nfkc, required: true),
            // An id may be given although it is not added: exports name all of their special ids.
            Special = new SpecialTokens(addBegin ? begin : null, addEnd ? end : null),
            BeginId = begin,
            EndIds = end is { } id ? [id] : [],
            PadId = (int)(json.Number("pad_id", 0, int.MaxValue) ?? 0),
        };
        json.RefuseUnknownKeys();
        return manifest;
    }

    private static TokenizerManifest ReadSelfDescribed(ManifestObject json, string type)
    {
        var manifest = new TokenizerManifest
        {
            Type = type,
            File = json.FileName("file") ?? HuggingFaceTokenizerKind.DefaultFile,
            DescribesItself = true,
            BeginId = (int?)json.Number("bos_id", 0, int.MaxValue),
            EndIds = [.. json.Numbers("eos_id", 0, int.MaxValue).Select(static id => (int)id)],
            PadId = (int)(json.Number("pad_id", 0, int.MaxValue) ?? 0),
        };
        json.RefuseUnknownKeys();
        return manifest;
    }
}
