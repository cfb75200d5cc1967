using System.Text.Json;
using System.Text.Json.Nodes;

namespace SeqServe.Tokenizers.Files;

/// <summary>
/// What transformers' classes change of a tokenizer.json after tokenizer_config.json when they load it (the __init__ of tokenization_*_fast.py). Only what the
/// configuration says in so many words: its silence means other things to other versions.
/// </summary>
internal static class ClassSettings
{
    private static readonly HashSet<string> s_endsTexts = ["LlamaTokenizer", "GemmaTokenizer", "GPTNeoXTokenizer", "CohereTokenizer"];

    /// <summary>The parts that change, by name.</summary>
    /// <param name="root">The tokenizer.json.</param>
    /// <param name="files">The folder.</param>
    /// <exception cref="InvalidDataException">tokenizer_config.json is damaged.</exception>
    public static Dictionary<string, JsonElement> Changes(JsonElement root, FolderFiles files)
    {
        var changes = new Dictionary<string, JsonElement>();
        if (files.Config.ValueKind != JsonValueKind.Object || root.ValueKind != JsonValueKind.Object)
            return changes;
        var name = TokenizerClasses.Named(files);
        Add("added_tokens", AddedTokens(root, files));
        if (name is not null && VocabTxtFolder.Classes.Contains(name))
            Add("normalizer", Flags(
                root, files, "normalizer", "BertNormalizer",
                ("do_lower_case", "lowercase"), ("strip_accents", "strip_accents"), ("tokenize_chinese_chars", "handle_chinese_chars")));
        Add("pre_tokenizer", Flags(root, files, "pre_tokenizer", "ByteLevel", ("add_prefix_space", "add_prefix_space")));
        Add("post_processor", Flags(
            root, files, "post_processor", "RobertaProcessing", ("trim_offsets", "trim_offsets"), ("add_prefix_space", "add_prefix_space")));
        if (name is not null)
            Add("post_processor", Template(root, files, name));
        return changes;

        void Add(string part, JsonNode? change)
        {
            if (change is not null)
                changes[part] = JsonDocument.Parse(change.ToJsonString()).RootElement;
        }
    }

    private static JsonObject? Flags(
        JsonElement root, FolderFiles files, string role, string type, params ReadOnlySpan<(string Setting, string Option)> options)
    {
        if (!root.TryGetProperty(role, out var part) || part.ValueKind != JsonValueKind.Object)
            return null;
        if (!part.TryGetProperty("type", out var own) || own.ValueKind != JsonValueKind.String || !own.ValueEquals(type))
            return null;
        JsonObject? changed = null;
        foreach (var (setting, option) in options)
        {
            // Null is a value of its own for strip_accents only.
            if (files.Setting(setting) is { } value && (value.ValueKind is JsonValueKind.True or JsonValueKind.False || setting == "strip_accents"))
                (changed ??= JsonObject.Create(part)!)[option] = JsonValue.Create(value);
        }

        return changed;
    }

    private static JsonObject? Template(JsonElement root, FolderFiles files, string name)
    {
        var (bos, eos) = (files.Setting("add_bos_token"), files.Setting("add_eos_token"));
        var isLanguage = name is "NllbTokenizer" or "MBartTokenizer" or "MBart50Tokenizer";
        if (isLanguage ? files.Text("src_lang") is null : !s_endsTexts.Contains(name) || (bos ?? eos) is null)
            return null;
        var special = new SpecialTokens(files, name switch
        {
            "GemmaTokenizer" => RoleDefaults.Gemma,
            "GPTNeoXTokenizer" => RoleDefaults.Gpt2,
            "LlamaTokenizer" => RoleDefaults.Llama,
            "CohereTokenizer" => [],
            _ => RoleDefaults.Fairseq,
        });
        var tokenizer = new ConvertedTokenizer(token => Id(root, token));
        var (single, pair) = isLanguage
            ? SentencePieceTemplates.OfLanguage(name, files.Text("src_lang")!, special.Require("eos_token"), files.Flag("legacy_behaviour", false))
            : SentencePieceTemplates.Around(
                files.Flag("add_bos_token", name != "GPTNeoXTokenizer") ? special.Require("bos_token") : null,
                files.Flag("add_eos_token", false) ? special.Require("eos_token") : null);
        return tokenizer.Template(single, pair);
    }

    // Those of the configuration that the file lacks, behind its own.
    private static JsonArray? AddedTokens(JsonElement root, FolderFiles files)
    {
        if (files.Setting("added_tokens_decoder") is not { ValueKind: JsonValueKind.Object })
            return null;
        var own = root.TryGetProperty("added_tokens", out var list) && list.ValueKind == JsonValueKind.Array ? list : default;
        var known = own.ValueKind == JsonValueKind.Array
            ? own.EnumerateArray().Select(t => t.TryGetProperty("content", out var content) ? content.GetString() : null).ToHashSet()
            : [];
        var more = new SpecialTokens(files, new Dictionary<string, AddedTokenEntry[]>()).Added.Where(t => !known.Contains(t.Value.Content)).ToArray();
        if (more.Length == 0)
            return null;
        var all = own.ValueKind == JsonValueKind.Array ? JsonArray.Create(own)! : [];
        foreach (var (id, token) in more)
            all.Add(token.ToJson(id));
        return all;
    }

    private static int? Id(JsonElement root, string token)
    {
        if (root.TryGetProperty("added_tokens", out var added) && added.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in added.EnumerateArray())
            {
                if (entry.TryGetProperty("content", out var content) && content.ValueEquals(token) && entry.TryGetProperty("id", out var id))
                    return id.GetInt32();
            }
        }

        if (!root.TryGetProperty("model", out var model) || !model.TryGetProperty("vocab", out var vocabulary))
            return null;
        if (vocabulary.ValueKind == JsonValueKind.Object)
            return vocabulary.TryGetProperty(token, out var id) ? id.GetInt32() : null;
        var place = vocabulary.EnumerateArray().Index().Where(e => e.Item[0].ValueEquals(token)).Select(e => e.Index).DefaultIfEmpty(-1).First();
        return place < 0 ? null : place;
    }
}
