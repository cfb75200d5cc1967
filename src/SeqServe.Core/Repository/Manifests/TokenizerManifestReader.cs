using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Repository.Manifests;

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

    public static TokenizerManifest? Read(ManifestObject root, string task)
    {
        if (root.Object("tokenizer", required: task != ModelTask.Tensor) is not { } json)
            return null;
        json.Choice("type", s_types, TokenizerManifest.SentencePieceBpe, required: true);
        var file = json.FileName("file", required: true) ?? "";
        var generates = task is ModelTask.Translation or ModelTask.LanguageModel;
        var (addBegin, addEnd) = (json.Flag("add_bos"), json.Flag("add_eos"));
        var begin = (int?)json.Number("bos_id", 0, int.MaxValue, required: generates || addBegin);
        var end = (int?)json.Number("eos_id", 0, int.MaxValue, required: generates || addEnd);
        var manifest = new TokenizerManifest
        {
            File = file,
            Normalization = json.Choice("normalization", s_normalizations, TextNormalization.Nfkc, required: true),
            // An id may stand there although it is not added: exports name all of their special ids.
            Special = new SpecialTokens(addBegin ? begin : null, addEnd ? end : null),
            BeginId = begin,
            EndId = end,
            PadId = (int)(json.Number("pad_id", 0, int.MaxValue) ?? 0),
        };
        json.RefuseUnknownKeys();
        return manifest;
    }
}
