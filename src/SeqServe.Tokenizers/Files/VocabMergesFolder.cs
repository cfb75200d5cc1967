using System.Text.Json.Nodes;

namespace SeqServe.Tokenizers.Files;

/// <summary>GPT-2, RoBERTa and their kin, made of <c>vocab.json</c> and <c>merges.txt</c> (transformers, convert_slow_tokenizer.py).</summary>
internal static class VocabMergesFolder
{
    private const string QwenPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string ClipPattern = @"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

    // CLIP's files have merges behind those that its vocabulary knows (tokenization_clip.py).
    private const int ClipMerges = 49152 - 256 - 2;

    private static readonly HashSet<string> s_roberta =
        ["RobertaTokenizer", "BartTokenizer", "LongformerTokenizer", "LEDTokenizer", "MvpTokenizer", "LayoutLMv3Tokenizer"];

    /// <summary>The classes of this kind.</summary>
    public static readonly HashSet<string> Classes =
    [
        .. s_roberta, "GPT2Tokenizer", "CodeGenTokenizer", "DebertaTokenizer", "BlenderbotTokenizer", "Qwen2Tokenizer", "CLIPTokenizer", "OpenAIGPTTokenizer",
    ];

    /// <summary>Makes the tokenizer.json.</summary>
    /// <exception cref="InvalidDataException">A file is missing or not what it should be.</exception>
    public static JsonObject Convert(FolderFiles files, string tokenizerClass)
    {
        var special = new SpecialTokens(files, Defaults(tokenizerClass));
        var vocabulary = VocabJson.Read(files.Require("vocab.json", tokenizerClass), "vocab.json");
        var hasSuffix = tokenizerClass is "CLIPTokenizer" or "OpenAIGPTTokenizer";
        var model = PartJson.Part(
            "BPE", ("dropout", null), ("unk_token", hasSuffix ? special.Require("unk_token") : null), ("continuing_subword_prefix", hasSuffix ? null : ""),
            ("end_of_word_suffix", hasSuffix ? "</w>" : ""), ("fuse_unk", false), ("byte_fallback", false), ("ignore_merges", false),
            ("vocab", new JsonObject(vocabulary.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value)))),
            ("merges", new JsonArray([.. Merges(files.Require("merges.txt", tokenizerClass), tokenizerClass)])));
        var addPrefixSpace = files.Flag("add_prefix_space", false);
        var tokenizer = new ConvertedTokenizer(model, vocabulary, vocabulary.Count)
        {
            PreTokenizer = PartJson.ByteLevel(addPrefixSpace),
            Decoder = PartJson.ByteLevel(),
        };
        tokenizer.Add(special);
        Finish(tokenizer, files, special, tokenizerClass, addPrefixSpace);
        return tokenizer.ToJson();
    }

    private static Dictionary<string, AddedTokenEntry[]> Defaults(string tokenizerClass) => tokenizerClass switch
    {
        "GPT2Tokenizer" or "CodeGenTokenizer" => RoleDefaults.Gpt2,
        "DebertaTokenizer" => RoleDefaults.Deberta,
        "Qwen2Tokenizer" => RoleDefaults.Qwen2,
        "CLIPTokenizer" => RoleDefaults.Clip,
        "OpenAIGPTTokenizer" => RoleDefaults.OpenAiGpt,
        _ => RoleDefaults.Fairseq,
    };

    private static void Finish(ConvertedTokenizer tokenizer, FolderFiles files, SpecialTokens special, string tokenizerClass, bool addPrefixSpace)
    {
        switch (tokenizerClass)
        {
            case "GPT2Tokenizer" or "CodeGenTokenizer" when files.Flag("add_bos_token", false):
                var bos = special.Require("bos_token");
                tokenizer.PostProcessor = tokenizer.Template($"{bos} $A", $"{bos} $A $B:1");
                break;
            case "GPT2Tokenizer" or "CodeGenTokenizer":
                tokenizer.PostProcessor = PartJson.ByteLevel(trimOffsets: false);
                break;
            case "DebertaTokenizer":
                tokenizer.PostProcessor = tokenizer.Template("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1");
                break;
            case "BlenderbotTokenizer":
                tokenizer.PostProcessor = tokenizer.Template("$A " + special.Require("eos_token"), "$A $B:1");
                break;
            case "Qwen2Tokenizer":
                tokenizer.Normalizer = PartJson.Part("NFC");
                tokenizer.PreTokenizer = PartJson.PreTokenizers(
                    PartJson.SplitRegex(QwenPattern, "Isolated", invert: false), PartJson.ByteLevel(addPrefixSpace: false, useRegex: false));
                tokenizer.PostProcessor = PartJson.ByteLevel(trimOffsets: false);
                break;
            case "CLIPTokenizer":
                FinishClip(tokenizer, special);
                break;
            case "OpenAIGPTTokenizer":
                tokenizer.Normalizer = PartJson.Part(
                    "BertNormalizer", ("clean_text", true), ("handle_chinese_chars", true), ("strip_accents", null), ("lowercase", true));
                tokenizer.PreTokenizer = PartJson.Part("BertPreTokenizer");
                tokenizer.Decoder = PartJson.Part("BPEDecoder", ("suffix", "</w>"));
                break;
            default:
                tokenizer.PostProcessor = Roberta(
                    tokenizer, special.Require("sep_token"), special.Require("cls_token"), files.Flag("trim_offsets", true), addPrefixSpace);
                break;
        }
    }

    private static void FinishClip(ConvertedTokenizer tokenizer, SpecialTokens special)
    {
        tokenizer.Normalizer = PartJson.Normalizers([PartJson.Part("NFC"), PartJson.ReplaceRegex(@"\s+", " "), PartJson.Part("Lowercase")]);
        tokenizer.PreTokenizer = PartJson.PreTokenizers(PartJson.SplitRegex(ClipPattern, "Removed", invert: true), PartJson.ByteLevel(addPrefixSpace: false));
        tokenizer.PostProcessor = Roberta(tokenizer, special.Require("eos_token"), special.Require("bos_token"), trimOffsets: false, addPrefixSpace: false);
    }

    private static JsonObject Roberta(ConvertedTokenizer tokenizer, string sep, string cls, bool trimOffsets, bool addPrefixSpace) => PartJson.Part(
        "RobertaProcessing", ("sep", tokenizer.WithId(sep)), ("cls", tokenizer.WithId(cls)),
        ("trim_offsets", trimOffsets), ("add_prefix_space", addPrefixSpace));

    // The first line tells the version; what stands behind the last line end is left out, as the Python code does.
    private static IEnumerable<JsonNode> Merges(byte[] content, string tokenizerClass)
    {
        var lines = TextLines.Read(content);
        var isQwen = tokenizerClass == "Qwen2Tokenizer";
        var last = isQwen || tokenizerClass == "CLIPTokenizer" || TextLines.EndsWithLineEnd(content) ? lines.Count : lines.Count - 1;
        if (tokenizerClass == "CLIPTokenizer")
            last = Math.Min(last, 1 + ClipMerges);
        var seen = new HashSet<(string, string)>();
        for (var number = 0; number < last; number++)
        {
            var line = lines[number];
            if (isQwen ? line.AsSpan().IsWhiteSpace() || (number == 0 && line.StartsWith("#version:", StringComparison.Ordinal)) : number == 0)
                continue;
            var parts = line.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2)
                throw new InvalidDataException($"Line {number + 1} of merges.txt is not two tokens with a space between.");
            if (seen.Add((parts[0], parts[1])))
                yield return new JsonArray(parts[0], parts[1]);
        }
    }
}
