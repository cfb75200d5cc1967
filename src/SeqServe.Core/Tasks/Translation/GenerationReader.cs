using System.Text.Json;
using SeqServe.Core.Decoding.Generation;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>Reads how an exported model's answers are searched, in the words of transformers' <c>generation_config.json</c>.</summary>
internal static class GenerationReader
{
    private const int MaxIds = 1 << 16;
    private const int MaxLength = 1 << 16;

    private static readonly Dictionary<string, EarlyStopping> s_stops = new(StringComparer.Ordinal) { ["never"] = EarlyStopping.WhenNeverBetter };

    /// <summary>Reads it; its special ids are those of the tokenizer and are set at load.</summary>
    public static GenerationSettings? Read(ManifestObject? json)
    {
        if (json is null)
            return null;
        var settings = new GenerationSettings
        {
            DecoderStartId = 0,
            NumBeams = (int)(json.Number("num_beams", 1, TranslationRequest.MaxBeams) ?? 1),
            LengthPenalty = json.Real("length_penalty", -10, 10) ?? 1,
            EarlyStopping = ReadEarlyStopping(json),
            NoRepeatNgramSize = (int)(json.Number("no_repeat_ngram_size", 0, MaxLength) ?? 0),
            RepetitionPenalty = json.Real("repetition_penalty", 0.01, 100) ?? 1,
            BadWords = ReadBadWords(json, "bad_words_ids"),
            ForcedBegin = Ids(json, "forced_bos_token_id") is [var begin, ..] ? begin : null,
            ForcedEnd = Ids(json, "forced_eos_token_id"),
            MinLength = (int)(json.Number("min_length", 0, MaxLength) ?? 0),
            MinNewTokens = (int?)json.Number("min_new_tokens", 0, MaxLength),
            MaxLength = (int)(json.Number("max_length", 1, MaxLength) ?? MaxLength),
            MaxNewTokens = (int?)json.Number("max_new_tokens", 1, MaxLength),
            SuppressTokens = Ids(json, "suppress_tokens"),
            BeginSuppressTokens = Ids(json, "begin_suppress_tokens"),
        };
        json.RefuseUnknownKeys();
        return settings;
    }

    private static int[] Ids(ManifestObject json, string key) => [.. json.Numbers(key, 0, int.MaxValue).Take(MaxIds).Select(static id => (int)id)];

    private static EarlyStopping ReadEarlyStopping(ManifestObject json)
    {
        const string Key = "early_stopping";
        return json.Value(Key) switch
        {
            null => EarlyStopping.WhenUnlikelyBetter,
            { ValueKind: JsonValueKind.True } => EarlyStopping.WhenFull,
            { ValueKind: JsonValueKind.False } => EarlyStopping.WhenUnlikelyBetter,
            _ => json.Choice(Key, s_stops, EarlyStopping.WhenUnlikelyBetter),
        };
    }

    private static List<int[]> ReadBadWords(ManifestObject json, string key)
    {
        var words = new List<int[]>();
        if (json.Value(key) is not { } value)
            return words;
        var lists = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Take(MaxIds).ToList() : [];
        foreach (var list in lists)
        {
            if (list.ValueKind != JsonValueKind.Array)
                continue;
            int[] word =
            [
                .. list.EnumerateArray().Where(static id => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out _)).Select(static id => id.GetInt32()),
            ];
            if (word.Length > 0 && word.Length == list.GetArrayLength())
                words.Add(word);
        }

        if (words.Count != lists.Count || value.ValueKind != JsonValueKind.Array)
            json.Wrong(key, value, "must be a list of lists of token ids, none of them empty");
        return words;
    }
}
