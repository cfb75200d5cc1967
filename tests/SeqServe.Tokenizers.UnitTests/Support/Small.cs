using System.Text;
using System.Text.Json.Nodes;

namespace SeqServe.Tokenizers.UnitTests.Support;

/// <summary>Small tokenizers, written as a tokenizer.json.</summary>
internal static class Small
{
    /// <summary>A model that gives a token for each byte of a character, so that the ids tell the normalized text.</summary>
    public static JsonObject Bytes(IEnumerable<string>? more = null)
    {
        var vocabulary = new JsonObject();
        for (var b = 0; b < 256; b++)
            vocabulary[$"<0x{b:X2}>"] = b;
        foreach (var token in more ?? [])
            vocabulary[token] = vocabulary.Count;
        return new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = false,
            ["byte_fallback"] = true,
            ["ignore_merges"] = false,
            ["vocab"] = vocabulary,
            ["merges"] = new JsonArray(),
        };
    }

    /// <summary>A model that knows words, and "?" for all others.</summary>
    public static JsonObject Words(params string[] words)
    {
        var vocabulary = new JsonObject { ["?"] = 0 };
        foreach (var word in words)
            vocabulary[word] = vocabulary.Count;
        return new JsonObject { ["type"] = "WordLevel", ["vocab"] = vocabulary, ["unk_token"] = "?" };
    }

    /// <summary>A tokenizer of a model and parts given as JSON.</summary>
    public static Tokenizer Make(JsonObject model, params (string Role, string Json)[] parts)
    {
        var json = new JsonObject { ["version"] = "1.0", ["model"] = model };
        foreach (var (role, part) in parts)
            json[role] = JsonNode.Parse(part);
        return Tokenizer.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    /// <summary>What a normalizer makes of a text, with the part of the text each byte of it came from.</summary>
    public static (string Text, string Offsets) Normalize(string normalizer, string text)
    {
        var encoding = Make(Bytes(), ("normalizer", normalizer)).Encode(text);
        var bytes = Array.ConvertAll(encoding.Ids.ToArray(), id => (byte)id);
        return (Encoding.UTF8.GetString(bytes), string.Join(' ', encoding.Offsets.ToArray().Select(o => $"{o.Start}-{o.End}")));
    }

    /// <summary>The pieces a pre-tokenizer makes.</summary>
    public static string[] Pieces(string preTokenizer, string text)
    {
        var offsets = Make(Words(), ("pre_tokenizer", preTokenizer)).Encode(text).Offsets;
        return [.. offsets.ToArray().Select(o => text[o.Start..o.End])];
    }
}
