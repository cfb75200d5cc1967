using System.Text.Json;
using System.Text.Json.Nodes;

namespace SeqServe.Tokenizers.Files;

/// <summary>BERT and its kin, made of <c>vocab.txt</c> (transformers, convert_slow_tokenizer.py, BertConverter and those like it).</summary>
internal static class VocabTxtFolder
{
    /// <summary>The classes of this kind.</summary>
    public static readonly HashSet<string> Classes =
    [
        "BertTokenizer", "ConvBertTokenizer", "DistilBertTokenizer", "DPRReaderTokenizer", "DPRQuestionEncoderTokenizer", "DPRContextEncoderTokenizer",
        "ElectraTokenizer", "FunnelTokenizer", "LayoutLMTokenizer", "LayoutLMv2Tokenizer", "LxmertTokenizer", "MPNetTokenizer", "MobileBertTokenizer",
        "RealmTokenizer", "RetriBertTokenizer", "SqueezeBertTokenizer",
    ];

    /// <summary>Makes the tokenizer.json.</summary>
    /// <exception cref="InvalidDataException">A file is missing or not what it should be.</exception>
    public static JsonObject Convert(FolderFiles files, string tokenizerClass)
    {
        var special = new SpecialTokens(files, tokenizerClass switch
        {
            "FunnelTokenizer" => RoleDefaults.Funnel,
            "MPNetTokenizer" => RoleDefaults.MpNet,
            _ => RoleDefaults.Bert,
        });
        var vocabulary = new Dictionary<string, int>();
        foreach (var (id, token) in TextLines.Read(files.Require("vocab.txt", tokenizerClass)).Index())
            vocabulary[token] = id;
        var model = PartJson.Part(
            "WordPiece", ("unk_token", special.Require("unk_token")), ("continuing_subword_prefix", "##"), ("max_input_chars_per_word", 100),
            ("vocab", new JsonObject(vocabulary.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value)))));
        var tokenizer = new ConvertedTokenizer(model, vocabulary, vocabulary.Count)
        {
            Normalizer = PartJson.Part(
                "BertNormalizer", ("clean_text", true), ("handle_chinese_chars", files.Flag("tokenize_chinese_chars", true)),
                ("strip_accents", StripAccents(files)), ("lowercase", files.Flag("do_lower_case", true))),
            PreTokenizer = PartJson.Part("BertPreTokenizer"),
            Decoder = PartJson.Part("WordPiece", ("prefix", "##"), ("cleanup", true)),
        };
        tokenizer.Add(special);
        var (cls, sep) = (special.Require("cls_token"), special.Require("sep_token"));
        tokenizer.PostProcessor = tokenizerClass switch
        {
            "FunnelTokenizer" => tokenizer.Template($"{cls}:2 $A {sep}", $"{cls}:2 $A {sep} $B:1 {sep}:1"),
            "MPNetTokenizer" => tokenizer.Template($"{cls} $A {sep}", $"{cls} $A {sep} {sep} $B:1 {sep}:1"),
            _ => tokenizer.Template($"{cls} $A {sep}", $"{cls} $A {sep} $B:1 {sep}:1"),
        };
        return tokenizer.ToJson();
    }

    // Null has a meaning of its own: as lower-casing.
    private static JsonNode? StripAccents(FolderFiles files) =>
        files.Setting("strip_accents") is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : null;
}
