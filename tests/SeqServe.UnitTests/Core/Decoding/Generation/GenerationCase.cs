using System.Text.Json;
using SeqServe.Core.Decoding.Generation;

namespace SeqServe.UnitTests.Core.Decoding.Generation;

/// <summary>A search of <c>Fixtures/Generation</c>: a model, settings, and what transformers finds.</summary>
internal sealed record GenerationCase(GenerationModel Model, GenerationSettings Settings, IReadOnlyList<(int[] Tokens, bool End, double Score)> Found)
{
    public static IEnumerable<GenerationCase> All() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Generation", "searches.jsonl")).Select(Read);

    private static GenerationCase Read(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        var bias = root.GetProperty("bias").EnumerateArray().Select(pair => (pair[0].GetInt32(), pair[1].GetSingle())).ToList();
        var found = root.GetProperty("found").EnumerateArray()
            .Select(one => (Ids(one.GetProperty("tokens")), one.GetProperty("end").GetBoolean(), one.GetProperty("score").GetDouble())).ToList();
        var model = new GenerationModel(root.GetProperty("seed").GetUInt32(), root.GetProperty("vocabulary").GetInt32(), bias);
        return new GenerationCase(model, ReadSettings(root.GetProperty("settings")), found);
    }

    private static GenerationSettings ReadSettings(JsonElement json)
    {
        var settings = new GenerationSettings { DecoderStartId = 0 };
        foreach (var setting in json.EnumerateObject())
            settings = With(settings, setting.Name, setting.Value);
        return settings;
    }

    private static GenerationSettings With(GenerationSettings settings, string name, JsonElement value) => name switch
    {
        "decoder_start_token_id" => settings with { DecoderStartId = value.GetInt32() },
        "eos_token_id" => settings with { EndIds = Ids(value) },
        "pad_token_id" => settings with { PadId = value.GetInt32() },
        "num_beams" => settings with { NumBeams = value.GetInt32() },
        "length_penalty" => settings with { LengthPenalty = value.GetDouble() },
        "early_stopping" => settings with { EarlyStopping = value.ValueKind == JsonValueKind.True ? EarlyStopping.WhenFull : EarlyStopping.WhenNeverBetter },
        "no_repeat_ngram_size" => settings with { NoRepeatNgramSize = value.GetInt32() },
        "repetition_penalty" => settings with { RepetitionPenalty = value.GetDouble() },
        "bad_words_ids" => settings with { BadWords = [.. value.EnumerateArray().Select(Ids)] },
        "forced_bos_token_id" => settings with { ForcedBegin = value.GetInt32() },
        "forced_eos_token_id" => settings with { ForcedEnd = Ids(value) },
        "min_length" => settings with { MinLength = value.GetInt32() },
        "min_new_tokens" => settings with { MinNewTokens = value.GetInt32() },
        "max_length" => settings with { MaxLength = value.GetInt32() },
        "max_new_tokens" => settings with { MaxNewTokens = value.GetInt32() },
        "suppress_tokens" => settings with { SuppressTokens = Ids(value) },
        "begin_suppress_tokens" => settings with { BeginSuppressTokens = Ids(value) },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private static int[] Ids(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(id => id.GetInt32())] : [value.GetInt32()];
}
