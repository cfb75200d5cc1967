using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SeqServe.Attack.Generation;

/// <summary>Requests with binary tensor data behind the JSON, whose sizes, prefixes or header length are wrong.</summary>
internal static class OddBinary
{
    private const string HeaderLength = "Inference-Header-Content-Length";

    /// <summary>A request with at least one fault.</summary>
    public static HttpDraft Make(Dice dice)
    {
        var (model, samples) = TensorSample.Pick(dice);
        var parts = samples.Select(sample => sample.ToBytes()).ToArray();
        var inputs = new JsonArray();
        foreach (var (i, sample) in samples.Index())
        {
            var input = sample.ToJson();
            input.Remove("data");
            input["parameters"] = new JsonObject { ["binary_data_size"] = parts[i].Length };
            inputs.Add(input);
        }

        var at = dice.Below(parts.Length);
        for (var changes = dice.Between(1, 2); changes > 0; changes--)
            Change(inputs[at]!.AsObject(), ref parts[at], dice);
        var body = new JsonObject { ["inputs"] = inputs };
        if (dice.Chance(50))
            body["parameters"] = new JsonObject { ["binary_data_output"] = true };
        var json = Encoding.UTF8.GetBytes(body.ToJsonString());
        var draft = HttpDraft.Post($"/v2/models/{model}/infer", "application/octet-stream", [.. json, .. parts.SelectMany(part => part)]);
        draft.Set(HeaderLength, Length(json.Length, draft.Body.Length, dice));
        return draft;
    }

    private static void Change(JsonObject input, ref byte[] bytes, Dice dice)
    {
        switch (dice.Below(8))
        {
            case 0:
                bytes = bytes[..dice.Below(bytes.Length + 1)];
                break;
            case 1:
                bytes = [.. bytes, .. dice.Bytes(dice.Between(1, 64))];
                break;
            case 2:
                input["parameters"] = new JsonObject { ["binary_data_size"] = dice.OddNumber() };
                break;
            case 3:
                input["datatype"] = dice.Pick("BYTES", "BF16", "FP16", "BOOL", "FP64", "INT8", "UINT64");
                break;
            case 4 when bytes.Length >= 4:
                // The length before a text.
                BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)dice.OddNumber());
                break;
            case 5:
                input["shape"] = new JsonArray(dice.OddNumber(), dice.OddNumber());
                break;
            case 6:
                input["data"] = new JsonArray(1, 2);
                break;
            default:
                bytes = dice.Bytes(bytes.Length);
                break;
        }
    }

    private static string Length(int json, int body, Dice dice) => dice.Below(8) switch
    {
        0 => (json + dice.Between(-4, 4)).ToString(CultureInfo.InvariantCulture),
        1 => (body + dice.Between(0, 4)).ToString(CultureInfo.InvariantCulture),
        2 => dice.OddNumber().ToString(CultureInfo.InvariantCulture),
        3 => dice.Pick("", "abc", "1e3", "0x1", " 5", "5,5"),
        _ => json.ToString(CultureInfo.InvariantCulture),
    };
}
