using System.Text.Json.Nodes;
using SeqServe.Tokenizers.SentencePiece;

namespace SeqServe.Tokenizers.Files;

/// <summary>Normalizers, pre-tokenizers and decoders of the tokenizers that are made of a SentencePiece model.</summary>
internal static class SentencePieceParts
{
    private const string SpaceRun = " {2,}";

    /// <summary>The normalizer, or null.</summary>
    public static JsonObject? Normalizer(SentencePieceKin kin, SentencePieceModel model, FolderFiles files, bool legacy, bool addPrefixSpace)
    {
        var map = model.CharsMap.Length == 0 ? [] : new[] { PartJson.Part("Precompiled", ("precompiled_charsmap", Convert.ToBase64String(model.CharsMap))) };
        return kin switch
        {
            SentencePieceKin.Albert or SentencePieceKin.FNet or SentencePieceKin.XlNet =>
                PartJson.Normalizers([.. Quotes(), .. AccentsAndCase(files, kin), .. map, PartJson.ReplaceRegex(SpaceRun, " ")]),
            SentencePieceKin.RemBert => PartJson.Normalizers([.. Quotes(), PartJson.ReplaceRegex(SpaceRun, " "), .. AccentsAndCase(files, kin), .. map]),
            SentencePieceKin.DebertaV2 => PartJson.Normalizers(
                [.. Lowercase(files.Flag("do_lower_case", false)), Strip(left: true), .. map, PartJson.ReplaceRegex(SpaceRun, " ")]),
            SentencePieceKin.Llama when !legacy => null,
            SentencePieceKin.Llama => PartJson.Normalizers(
                [.. addPrefixSpace ? new[] { PartJson.Part("Prepend", ("prepend", PartJson.SpaceMark)) } : [], PartJson.Replace(" ", PartJson.SpaceMark)]),
            SentencePieceKin.Gemma => PartJson.Replace(" ", PartJson.SpaceMark),
            _ => PartJson.Normalizers([.. map, Strip(left: false), PartJson.ReplaceRegex(SpaceRun, PartJson.SpaceMark)]),
        };
    }

    /// <summary>The pre-tokenizer, or null.</summary>
    public static JsonObject? PreTokenizer(SentencePieceKin kin, FolderFiles files, bool legacy, string scheme) => kin switch
    {
        SentencePieceKin.Llama => legacy ? null : PartJson.Metaspace(scheme, split: false),
        SentencePieceKin.Gemma => PartJson.Part(
            "Split", ("pattern", new JsonObject { ["String"] = " " }), ("behavior", "MergedWithPrevious"), ("invert", false)),
        SentencePieceKin.Pegasus => PartJson.PreTokenizers(PartJson.Part("WhitespaceSplit"), PartJson.Metaspace(scheme)),
        SentencePieceKin.DebertaV2 when files.Flag("split_by_punct", false) =>
            PartJson.PreTokenizers(PartJson.Part("Punctuation", ("behavior", "Isolated")), PartJson.Metaspace(scheme)),
        SentencePieceKin.DebertaV2 => PartJson.PreTokenizers(PartJson.Metaspace(scheme)),
        _ => PartJson.Metaspace(scheme),
    };

    /// <summary>The decoder.</summary>
    public static JsonObject Decoder(SentencePieceKin kin, string scheme, bool addPrefixSpace)
    {
        if (kin is not (SentencePieceKin.Llama or SentencePieceKin.Gemma))
            return PartJson.Metaspace(scheme);
        List<JsonObject> parts = [PartJson.Replace(PartJson.SpaceMark, " "), PartJson.Part("ByteFallback"), PartJson.Part("Fuse")];
        if (kin == SentencePieceKin.Llama && addPrefixSpace)
            parts.Add(PartJson.Part("Strip", ("content", " "), ("start", 1), ("stop", 0)));
        return PartJson.Decoders(parts);
    }

    private static JsonObject[] Quotes() => [PartJson.Replace("``", "\""), PartJson.Replace("''", "\"")];

    // Untold, ALBERT drops accents and case, XLNet accents, FNet and RemBERT nothing.
    private static IEnumerable<JsonObject> AccentsAndCase(FolderFiles files, SentencePieceKin kin)
    {
        var keepsAccents = files.Flag("keep_accents", kin is SentencePieceKin.FNet or SentencePieceKin.RemBert);
        return
        [
            .. keepsAccents ? [] : new[] { PartJson.Part("NFKD"), PartJson.Part("StripAccents") },
            .. Lowercase(files.Flag("do_lower_case", kin == SentencePieceKin.Albert)),
        ];
    }

    private static JsonObject[] Lowercase(bool wanted) => wanted ? [PartJson.Part("Lowercase")] : [];

    private static JsonObject Strip(bool left) => PartJson.Part("Strip", ("strip_left", left), ("strip_right", true));
}
