using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Models.Manifests;

internal static class TokenizerManifestReader
{
    private static readonly Dictionary<string, string> s_types = new(StringComparer.Ordinal)
    {
        [TokenizerManifest.SentencePieceBpe] = TokenizerManifest.SentencePieceBpe,
    };

    private static readonly Dictionary<string, TextNormalization> s_normalizations = new(StringComparer.Ordinal)
    {
        ["none"] = TextNormalization.None,
        ["nfkc"] = TextNormalization.Nfkc,
        ["nfkc-casefold"] = TextNormalization.NfkcCasefold,
    };

    public static TokenizerManifest? Read(ManifestObject root, ModelTask task)
    {
        if (root.Object("tokenizer", required: task != ModelTask.Tensor) is not { } json)
            return null;
        json.Choice("type", s_types, TokenizerManifest.SentencePieceBpe, required: true);
        var file = json.FileName("file", required: true) ?? "";
        var manifest = new TokenizerManifest
        {
            File = file,
            Normalization = json.Choice("normalization", s_normalizations, TextNormalization.Nfkc, required: true),
            Special = new SpecialTokens(Id(json, "bos_id", json.Flag("add_bos")), Id(json, "eos_id", json.Flag("add_eos"))),
            PadId = (int)(json.Number("pad_id", 0, int.MaxValue) ?? 0),
        };
        json.RefuseUnknownKeys();
        return manifest;
    }

    // The id may stand there although it is not added: exports name all of their special ids.
    private static int? Id(ManifestObject json, string key, bool added)
    {
        var id = (int?)json.Number(key, 0, int.MaxValue, required: added);
        return added ? id : null;
    }
}
