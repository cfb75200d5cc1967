using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SeqServe.Attack.Generation;

/// <summary>Changes a value, a name or the structure of a JSON text so that it stays near to what a route expects. What comes out need not be JSON.</summary>
internal static class OddJson
{
    // Stands where a value goes that no JSON tree can hold.
    private const string Mark = "@@attack@@";

    private static readonly string[] s_values =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "1.5", "1e400", "-1e400", "1e-400", "2147483648", "-2147483649", "9223372036854775808",
        "18446744073709551616", "NaN", "Infinity", "-Infinity", "+1", "01", "0x10", ".5", "1.", "1e", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\\uZZZZ\"", "\"\\x41\"", "\"\\ud83d\"", "\"NaN\"", "\"\\u202e\\u0007\\u001b[31m\"", "\"a\\r\\n12:00:00.000 ERR forged\"",
        "[]", "{}", "[[]]", "[null]", "[{}]", "{\"a\":[]}", "[1,\"a\",null]", "'a'", "undefined", "\"\n\"", "\"\t\"", "1 2", "// a", "/* a */1", "[1,]",
    ];

    private static readonly string[] s_names =
        ["model", "version", "inputs", "stream", "parameters", "zz", "", "__proto__", "$type", "\u0000", "inputs[0]", "stream_options", "id", "outputs"];

    /// <summary>A JSON text with one to three changes.</summary>
    public static byte[] Change(byte[] json, Dice dice)
    {
        if (JsonNode.Parse(json) is not { } root)
            return json;
        var raw = new List<string>();
        for (var changes = dice.Between(1, 3); changes > 0; changes--)
            root = Change(root, raw, dice);
        var text = new StringBuilder(root.ToJsonString());
        for (var i = 0; i < raw.Count; i++)
            text.Replace($"\"{Mark}{i}\"", raw[i]);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static JsonNode Change(JsonNode root, List<string> raw, Dice dice)
    {
        var places = Places(root).ToArray();
        if (places.Length == 0)
            return root;
        var (parent, key) = dice.Pick(places);
        switch (dice.Below(8))
        {
            case 0 when parent is JsonObject o:
                o.Remove((string)key);
                break;
            case 1 when parent is JsonObject o:
                o[dice.Pick(s_names)] = Raw(raw, dice.Pick(s_values));
                break;
            case 2 when parent is JsonObject o:
                // Twice the same name: what stands behind the value begins a second member.
                var value = o[(string)key]?.ToJsonString() ?? "null";
                Set(parent, key, Raw(raw, $"{value},\"{key}\":{(dice.Chance(50) ? value : dice.Pick(s_values))}"));
                break;
            case 3 when parent is JsonObject o:
                var moved = o[(string)key]?.DeepClone();
                o.Remove((string)key);
                o[dice.Chance(50) ? ((string)key).ToUpperInvariant() : (string)key + "\0"] = moved;
                break;
            case 4:
                Set(parent, key, Long(dice));
                break;
            case 5:
                Set(parent, key, Raw(raw, dice.OddNumber().ToString(CultureInfo.InvariantCulture)));
                break;
            default:
                Set(parent, key, Raw(raw, dice.Pick(s_values)));
                break;
        }

        return root;
    }

    private static JsonNode Long(Dice dice) => dice.Below(3) switch
    {
        0 => JsonValue.Create(new string(dice.Pick('a', ' ', '\u00e9', '\u4e2d', '.'), dice.Size(60_000))),
        1 => new JsonArray([.. Enumerable.Range(0, dice.Size(300)).Select(i => JsonValue.Create(i))]),
        _ => new JsonArray([.. Enumerable.Range(0, dice.Size(200)).Select(_ => JsonValue.Create("a b"))]),
    };

    private static JsonValue Raw(List<string> raw, string text)
    {
        raw.Add(text);
        return JsonValue.Create($"{Mark}{raw.Count - 1}");
    }

    private static void Set(JsonNode parent, object key, JsonNode value)
    {
        if (parent is JsonObject o)
            o[(string)key] = value;
        else
            parent.AsArray()[(int)key] = value;
    }

    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode node) => node switch
    {
        JsonObject o => o.SelectMany(member => Below(node, member.Key, member.Value)),
        JsonArray a => a.Index().SelectMany(item => Below(node, item.Index, item.Item)),
        _ => [],
    };

    private static IEnumerable<(JsonNode Parent, object Key)> Below(JsonNode parent, object key, JsonNode? child) =>
        child is null ? [(parent, key)] : Places(child).Prepend((parent, key));
}
