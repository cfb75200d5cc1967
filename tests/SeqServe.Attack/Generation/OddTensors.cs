using System.Text.Json.Nodes;
using SeqServe.Attack.Server;

namespace SeqServe.Attack.Generation;

/// <summary>Requests of the Open Inference Protocol over REST whose tensors do not fit: shapes, datatypes, elements, names, parameters.</summary>
internal static class OddTensors
{
    private const int MostAxes = 1_000_000;

    private static readonly string[] s_datatypes =
    [
        "FP16", "FP32", "FP64", "BF16", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "BOOL", "BYTES", "", "fp32", "FP128",
        "STRING",
    ];

    private static readonly string[] s_parameters =
    [
        "binary_data_size", "binary_data_output", "binary_data", "classification", "shared_memory_region", "shared_memory_byte_size", "sequence_id",
        "sequence_start", "sequence_end", "timeout", "priority", "graph", "max_tokens", "temperature", "top_p", "seed", "stop", "zz", "",
    ];

    /// <summary>A request with one to three faults.</summary>
    public static HttpDraft Make(Dice dice)
    {
        var (model, samples) = TensorSample.Pick(dice);
        var inputs = new JsonArray([.. samples.Select(sample => sample.ToJson())]);
        var body = new JsonObject { ["inputs"] = inputs };
        for (var changes = dice.Between(1, 3); changes > 0; changes--)
            Change(body, inputs, dice);
        return HttpDraft.Json($"/v2/models/{model}/infer", body.ToJsonString());
    }

    private static void Change(JsonObject body, JsonArray inputs, Dice dice)
    {
        if (inputs.Count == 0)
            return;
        var input = inputs[dice.Below(inputs.Count)]!.AsObject();
        switch (dice.Below(12))
        {
            case 0 or 1 or 2:
                input["shape"] = Shape(input["shape"] as JsonArray, dice);
                break;
            case 3:
                input["datatype"] = dice.Pick(s_datatypes);
                break;
            case 4 or 5:
                input["data"] = Data(input["data"] as JsonArray, dice);
                break;
            case 6:
                input["name"] = Name(dice);
                break;
            case 7:
                inputs.RemoveAt(dice.Below(inputs.Count));
                break;
            case 8:
                for (var copies = dice.Size(dice.Chance(10) ? 3000 : 8); copies > 0; copies--)
                    inputs.Add(input.DeepClone());
                break;
            case 9:
                input["parameters"] = Parameters(dice);
                break;
            case 10:
                body["parameters"] = Parameters(dice);
                break;
            default:
                body["outputs"] = Outputs(dice);
                break;
        }
    }

    private static JsonArray Shape(JsonArray? shape, Dice dice)
    {
        var axes = shape?.DeepClone().AsArray() ?? [];
        switch (dice.Below(7))
        {
            case 0:
                return [dice.OddNumber(), dice.OddNumber()];
            case 1 when axes.Count > 0:
                axes[dice.Below(axes.Count)] = dice.OddNumber();
                return axes;
            case 2:
                return [int.MaxValue, int.MaxValue, int.MaxValue];
            case 3:
                return [1L << 32, 1L << 32];
            case 4 when dice.Chance(5):
                return [.. Enumerable.Range(0, MostAxes).Select(_ => JsonValue.Create(1))];
            case 4:
                return [.. Enumerable.Range(0, dice.Between(1, 80)).Select(_ => JsonValue.Create(1))];
            case 5:
                return [JsonValue.Create(1.5), JsonValue.Create("2"), null];
            default:
                axes.Add(dice.Chance(50) ? 0 : 1);
                return axes;
        }
    }

    private static JsonNode? Data(JsonArray? data, Dice dice)
    {
        var elements = data?.DeepClone().AsArray() ?? [];
        switch (dice.Below(8))
        {
            case 0 when elements.Count > 0:
                elements[dice.Below(elements.Count)] = dice.OddNumber();
                return elements;
            case 1 when elements.Count > 0:
                elements[dice.Below(elements.Count)] = dice.Pick("NaN", "Infinity", "-Infinity", "a", "", "1", "\u0000", "nan");
                return elements;
            case 2 when elements.Count > 0:
                elements[dice.Below(elements.Count)] = dice.Chance(50) ? null : JsonValue.Create(1e300);
                return elements;
            case 3:
                elements.Add(1);
                return elements;
            case 4:
                return new JsonArray();
            case 5:
                JsonNode nested = elements;
                for (var depth = dice.Size(60); depth > 0; depth--)
                    nested = new JsonArray(nested);
                return nested;
            case 6:
                return new JsonArray([.. Enumerable.Range(0, dice.Size(20_000)).Select(i => JsonValue.Create(i))]);
            default:
                return dice.Chance(50) ? null : JsonValue.Create("text");
        }
    }

    private static string Name(Dice dice) => dice.Below(4) switch
    {
        0 => "",
        1 => "x\n12:00:00.000 INF forged \u001b[2J",
        2 => new string('n', dice.Size(200_000)),
        _ => dice.Pick("x", "ids", "text", "X", "a", "b", "n", "h"),
    };

    private static JsonObject Parameters(Dice dice)
    {
        var parameters = new JsonObject();
        for (var i = dice.Chance(5) ? 400 : dice.Between(1, 3); i > 0; i--)
        {
            parameters[i > 3 ? $"p{i}" : dice.Pick(s_parameters)] = dice.Below(6) switch
            {
                0 => JsonValue.Create(dice.OddNumber()),
                1 => JsonValue.Create(dice.Chance(50)),
                2 => JsonValue.Create(Samples.Text(dice)),
                3 => null,
                4 => JsonValue.Create(-0.5),
                _ => new JsonArray(1, 2),
            };
        }

        return parameters;
    }

    private static JsonArray Outputs(Dice dice) =>
        [.. Enumerable.Range(0, dice.Size(dice.Chance(5) ? 2000 : 4)).Select(_ => new JsonObject { ["name"] = dice.Pick("y", "", "x", AttackModels.Spare) })];
}
