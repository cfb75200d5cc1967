using System.Text.Json.Nodes;
using SeqServe.Attack.Server;

namespace SeqServe.Attack.Generation;

/// <summary>
/// Requests that are right in form and wrong in value: indices out of range, sizes that do not fit each other, and the values and empty tensors at which
/// operators of ONNX Runtime end the process.
/// </summary>
internal static class OddValues
{
    /// <summary>An index that a table does not have, or tensors whose sizes do not fit: the client's fault, with the cause in the answer.</summary>
    public static HttpDraft OutOfRange(Dice dice)
    {
        long[] bad = [10, 11, -11, 99, -1000, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 32];
        var rows = dice.Between(1, 3);
        var length = dice.Between(1, 4);
        var at = dice.Below(rows * length);
        var draft = dice.Below(4) switch
        {
            0 => Infer(AttackGraphs.Sum, TensorSample.Of("a", "FP32", [rows + 1], i => i), TensorSample.Of("b", "FP32", [rows + 3], i => i)),
            1 => Infer(
                "sentiment-gru",
                TensorSample.Of("ids", "INT64", [rows, length], i => i == at ? dice.Pick(bad.AsSpan(4)) : 5),
                TensorSample.Of("lengths", "INT64", [rows], _ => length)),
            2 => Infer(
                "sentiment-transformer",
                TensorSample.Of("ids", "INT64", [rows, length], _ => 5),
                TensorSample.Of("lengths", "INT64", [rows], _ => dice.Pick(bad.AsSpan(3)))),
            _ => Infer(AttackGraphs.Lookup, TensorSample.Of("ids", "INT64", [rows, length], i => i == at ? dice.Pick(bad) : i % 10)),
        };
        draft.Expectation = Expectation.ClientError;
        return draft;
    }

    /// <summary>The smallest number by minus one, zero as a divisor, tensors without elements.</summary>
    public static HttpDraft Fatal(Dice dice)
    {
        var rows = dice.Between(1, 4);
        var at = dice.Below(rows);
        TensorSample Divisor(string datatype) => TensorSample.Of("b", datatype, [rows], i => i == at ? dice.Pick(-1L, -1L, 0L) : 3);
        return dice.Below(8) switch
        {
            0 or 1 => Infer(AttackGraphs.Remainder, TensorSample.Of("a", "INT32", [rows], _ => int.MinValue), Divisor("INT32")),
            2 or 3 => Infer(AttackGraphs.Quotient, TensorSample.Of("a", "INT64", [rows], _ => long.MinValue), Divisor("INT64")),
            4 => Infer(AttackGraphs.Recurrent, TensorSample.Of("x", "FP32", dice.Pick<long[]>([0, rows, 1], [rows, 0, 1], [0, 0, 1]), i => i)),
            5 => Infer(
                AttackGraphs.Scan,
                TensorSample.Of("s", "FP32", [dice.Chance(50) ? rows : 0], i => i),
                TensorSample.Of("x", "FP32", dice.Pick<long[]>([rows, 0], [0, rows], [0, 0]), i => i)),
            6 => Infer(
                AttackGraphs.Cut,
                TensorSample.Of("x", "FP32", [rows, 2, 1], i => i),
                TensorSample.Of("n", "INT64", [1], _ => dice.Pick(0L, -100L, long.MinValue))),
            _ => Infer(
                dice.Pick("sentiment-gru", "sentiment-transformer"),
                TensorSample.Of("ids", "INT64", dice.Pick<long[]>([0, 0], [0, 3], [rows, 0]), i => i),
                TensorSample.Of("lengths", "INT64", [dice.Chance(50) ? 0 : rows], _ => 0)),
        };
    }

    private static HttpDraft Infer(string model, params ReadOnlySpan<TensorSample> inputs)
    {
        var array = new JsonArray();
        foreach (var input in inputs)
            array.Add(input.ToJson());
        return HttpDraft.Json($"/v2/models/{model}/infer", new JsonObject { ["inputs"] = array }.ToJsonString());
    }
}
