using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using SeqServe.Attack.Server;

namespace SeqServe.Attack.Generation;

/// <summary>A tensor of a request in its right form, for JSON, binary data and protobuf. Elements are whole numbers, or texts for BYTES.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">Of the protocol: FP32, INT32, INT64 or BYTES.</param>
/// <param name="Shape">Its axes.</param>
/// <param name="Elements">As many as the shape says.</param>
internal sealed record TensorSample(string Name, string Datatype, IReadOnlyList<long> Shape, IReadOnlyList<long> Elements)
{
    /// <summary>A model and inputs that it answers.</summary>
    public static (string Model, IReadOnlyList<TensorSample> Inputs) Pick(Dice dice)
    {
        var rows = dice.Between(1, 4);
        var length = dice.Between(1, 6);
        return dice.Below(10) switch
        {
            0 => (AttackGraphs.Lookup, [Of("ids", "INT64", [rows, length], _ => dice.Below(10))]),
            1 => (AttackGraphs.Sum, [Of("a", "FP32", [rows], i => i), Of("b", "FP32", [rows], i => -i)]),
            2 => (AttackGraphs.Remainder, [Of("a", "INT32", [rows], i => 7 * i), Of("b", "INT32", [rows], _ => dice.Between(1, 9))]),
            3 => (AttackGraphs.Quotient, [Of("a", "INT64", [rows], i => 7 * i), Of("b", "INT64", [rows], _ => dice.Between(1, 9))]),
            4 => (AttackGraphs.Recurrent, [Of("x", "FP32", [length, rows, 1], i => i)]),
            5 => (AttackGraphs.Scan, [Of("s", "FP32", [rows], i => i), Of("x", "FP32", [rows, length], i => i)]),
            6 => (AttackGraphs.Cut, [Of("x", "FP32", [length, rows, 1], i => i), Of("n", "INT64", [1], _ => dice.Between(1, length))]),
            7 => (AttackGraphs.Strings, [Of("x", "BYTES", [rows], i => i)]),
            8 => ("sentiment-gru", [Of("ids", "INT64", [rows, length], _ => dice.Between(5, 7000)), Of("lengths", "INT64", [rows], _ => length)]),
            _ => (AttackGraphs.Twice, [Of("x", "FP32", [rows, 2], _ => dice.Below(1000))]),
        };
    }

    /// <summary>A tensor whose elements follow from their place.</summary>
    public static TensorSample Of(string name, string datatype, IReadOnlyList<long> shape, Func<int, long> element)
    {
        var count = (int)shape.Aggregate(1L, static (product, size) => product * size);
        return new TensorSample(name, datatype, shape, [.. Enumerable.Range(0, count).Select(element)]);
    }

    /// <summary>Its object in a request of REST.</summary>
    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["datatype"] = Datatype,
        ["shape"] = new JsonArray([.. Shape.Select(size => JsonValue.Create(size))]),
        ["data"] = new JsonArray([.. Elements.Select(e => Datatype == "BYTES" ? JsonValue.Create($"text {e}") : JsonValue.Create(e))]),
    };

    /// <summary>Its elements as binary data.</summary>
    public byte[] ToBytes()
    {
        if (Datatype == "BYTES")
            return [.. Elements.SelectMany(element => Text($"text {element}"))];
        var size = Datatype == "INT64" ? sizeof(long) : sizeof(float);
        var bytes = new byte[Elements.Count * size];
        for (var i = 0; i < Elements.Count; i++)
            Write(Elements[i], bytes.AsSpan(i * size, size));
        return bytes;
    }

    private void Write(long element, Span<byte> bytes)
    {
        if (Datatype == "FP32")
            BinaryPrimitives.WriteSingleLittleEndian(bytes, element);
        else if (Datatype == "INT32")
            BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)element);
        else
            BinaryPrimitives.WriteInt64LittleEndian(bytes, element);
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. BitConverter.GetBytes(bytes.Length), .. bytes];
    }
}
