using System.Text.Json;
using SeqServe.Tokenizers.Models;

namespace SeqServe.Tokenizers.Files;

/// <summary>Reads the <c>model</c> of a tokenizer.json, of any age.</summary>
internal static class ModelReader
{
    /// <summary>Makes the model.</summary>
    /// <param name="model">The object.</param>
    /// <exception cref="InvalidDataException">It lacks something, or asks for what is not supported; the message names it.</exception>
    public static ITokenModel Read(JsonElement model)
    {
        if (model.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException("The tokenizer has no model.");
        try
        {
            return Read(model, KindOf(model));
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("The tokenizer's model has a value of another kind than expected: " + e.Message, e);
        }
    }

    private static ITokenModel Read(JsonElement model, string kind) => kind switch
    {
        "WordLevel" => new WordLevel(Vocabulary(model), Text(model, "unk_token")),
        "WordPiece" => new CachedModel(new WordPiece(
            Vocabulary(model), Text(model, "unk_token"), Text(model, "continuing_subword_prefix"), MostCharacters(model))),
        "BPE" => Bpe(model),
        "Unigram" => new CachedModel(Unigram(model)),
        _ => throw new InvalidDataException($"model '{kind}' is not supported."),
    };

    private static int MostCharacters(JsonElement model)
    {
        var most = Required(model, "max_input_chars_per_word").GetInt64();
        return most >= 0 ? (int)Math.Min(int.MaxValue, most) : throw new InvalidDataException("The WordPiece model's 'max_input_chars_per_word' is negative.");
    }

    // Older files do not say; the reference then tries BPE, WordPiece, WordLevel and Unigram in this order.
    private static string KindOf(JsonElement model)
    {
        if (model.TryGetProperty("type", out var type))
            return type.GetString() ?? "null";
        var isMap = model.TryGetProperty("vocab", out var vocabulary) && vocabulary.ValueKind == JsonValueKind.Object;
        if (!isMap)
            return "Unigram";
        if (model.TryGetProperty("merges", out _))
            return "BPE";
        return model.TryGetProperty("continuing_subword_prefix", out _) && model.TryGetProperty("max_input_chars_per_word", out _) ? "WordPiece" : "WordLevel";
    }

    private static Bpe Bpe(JsonElement model)
    {
        if (Optional(model, "dropout") is { } dropout && dropout.GetDouble() != 0)
            throw new InvalidDataException("The BPE model's 'dropout' makes tokens a matter of chance and is not supported; set it to null.");
        return new Bpe(Vocabulary(model), Merges(Required(model, "merges")), new BpeOptions
        {
            UnknownToken = Optional(model, "unk_token")?.GetString(),
            ContinuingSubwordPrefix = Optional(model, "continuing_subword_prefix")?.GetString() ?? "",
            EndOfWordSuffix = Optional(model, "end_of_word_suffix")?.GetString() ?? "",
            FuseUnknown = Optional(model, "fuse_unk")?.GetBoolean() ?? false,
            ByteFallback = Optional(model, "byte_fallback")?.GetBoolean() ?? false,
            IgnoreMerges = Optional(model, "ignore_merges")?.GetBoolean() ?? false,
        });
    }

    private static Unigram Unigram(JsonElement model)
    {
        var tokens = new List<KeyValuePair<string, double>>();
        foreach (var entry in Required(model, "vocab").EnumerateArray())
        {
            if (entry.GetArrayLength() != 2)
                throw new InvalidDataException("An entry of the Unigram model's 'vocab' is not a token and its score.");
            tokens.Add(KeyValuePair.Create(Text(entry[0]), entry[1].GetDouble()));
        }

        return new Unigram(tokens, Optional(model, "unk_id")?.GetInt32(), Optional(model, "byte_fallback")?.GetBoolean() ?? false);
    }

    private static List<KeyValuePair<string, string>> Merges(JsonElement merges)
    {
        var pairs = new List<KeyValuePair<string, string>>(merges.GetArrayLength());
        foreach (var merge in merges.EnumerateArray())
        {
            if (merge.ValueKind == JsonValueKind.Array)
            {
                if (merge.GetArrayLength() != 2)
                    throw new InvalidDataException("A merge of the BPE model has not two parts.");
                pairs.Add(KeyValuePair.Create(Text(merge[0]), Text(merge[1])));
            }
            else if (MergeLine.TryParse(Text(merge), pairs.Count + 1, out var pair))
            {
                pairs.Add(pair);
            }
        }

        return pairs;
    }

    private static Vocabulary Vocabulary(JsonElement model)
    {
        var vocabulary = Required(model, "vocab");
        var entries = new List<KeyValuePair<string, int>>();
        foreach (var entry in vocabulary.EnumerateObject())
            entries.Add(KeyValuePair.Create(entry.Name, entry.Value.GetInt32()));
        return new Vocabulary(entries);
    }

    private static string Text(JsonElement model, string name) =>
        Required(model, name).GetString() ?? throw new InvalidDataException($"The tokenizer's model has null for '{name}'.");

    private static string Text(JsonElement value) =>
        value.GetString() ?? throw new InvalidDataException("The tokenizer's model has null where a token is expected.");

    private static JsonElement Required(JsonElement model, string name) =>
        model.TryGetProperty(name, out var value) ? value : throw new InvalidDataException($"The tokenizer's model lacks '{name}'.");

    private static JsonElement? Optional(JsonElement model, string name) =>
        model.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
