namespace SeqServe.Attack.Generation;

/// <summary>Messages of ModelInfer and its neighbours, from right ones to noise.</summary>
internal static class OddProtobuf
{
    /// <summary>A ModelInfer request in its right form.</summary>
    public static byte[] Infer(string model, IReadOnlyList<TensorSample> inputs)
    {
        // In blocks: some tensors are large.
        var message = new List<byte>(Wire.Text(1, model));
        foreach (var input in inputs)
            message.AddRange(Wire.Field(5, Tensor(input.Name, input.Datatype, input.Shape)));
        foreach (var input in inputs)
            message.AddRange(Wire.Field(7, input.ToBytes()));
        return [.. message];
    }

    /// <summary>A message with a fault, for a call that reads a model's name or tensors.</summary>
    public static byte[] Make(Dice dice)
    {
        var (model, inputs) = TensorSample.Pick(dice);
        var message = Infer(model, inputs);
        return dice.Below(14) switch
        {
            0 or 1 => message[..dice.Below(message.Length)],
            2 => Flip(message, dice),
            3 => [.. message, .. RandomFields(dice)],
            4 => RandomFields(dice),
            5 => dice.Bytes(dice.Size(2000)),
            6 => Nested(dice),
            7 => EmptyTensors(model, dice),
            8 => Shaped(model, dice),
            9 => RawAndTyped(model, inputs, dice),
            10 => [.. Wire.Text(1, model), .. Wire.Field(3, dice.Bytes(20)), .. message],
            11 => Parameters(message, dice),
            12 => [.. Wire.Text(1, Odd(dice)), .. Wire.Text(2, Odd(dice)), .. message[Wire.Text(1, model).Length..]],
            _ => OverlongNumbers(message, dice),
        };
    }

    /// <summary>A message with a name that a model has, or not, for calls about models.</summary>
    public static byte[] Named(string name, Dice dice) => dice.Below(4) switch
    {
        0 => [.. Wire.Text(1, name), .. Wire.Text(2, dice.Pick("1", "", "abc", "-1", "99999999999999999999"))],
        1 => [.. Wire.Text(1, Odd(dice))],
        2 => RandomFields(dice),
        _ => [.. Wire.Text(2, name), .. Wire.Field(3, [.. Wire.Text(1, "config"), .. Wire.Field(2, Wire.Text(3, "{}"))])],
    };

    private static byte[] Tensor(string name, string datatype, IReadOnlyList<long> shape) =>
        [.. Wire.Text(1, name), .. Wire.Text(2, datatype), .. Wire.Field(3, [.. shape.SelectMany(size => Wire.Varint((ulong)size))])];

    private static string Odd(Dice dice) => dice.Pick(
        "nope", "", "a\u0000b", "x\n12:00:00.000 INF forged \u001b[2J", "../..", new string('m', dice.Size(100_000)), "\u202e", "sentiment-gru/1");

    private static byte[] Flip(byte[] message, Dice dice)
    {
        for (var i = dice.Between(1, 4); i > 0; i--)
            message[dice.Below(message.Length)] ^= (byte)(1 << dice.Below(8));
        return message;
    }

    private static byte[] RandomFields(Dice dice)
    {
        var bytes = new List<byte>();
        for (var i = dice.Between(1, 12); i > 0; i--)
        {
            bytes.AddRange(Wire.Tag(dice.Pick(1, 2, 3, 4, 5, 6, 7, 8, 0, 15, 16, 1000, 536_870_911), dice.Below(8)));
            bytes.AddRange(dice.Below(4) switch
            {
                0 => Wire.Varint((ulong)dice.OddNumber()),
                1 => dice.Bytes(8),
                2 => dice.Bytes(4),
                _ => [.. Wire.Varint((ulong)dice.Size(200)), .. dice.Bytes(dice.Size(200))],
            });
        }

        return [.. bytes];
    }

    // Groups, which the messages do not have, within groups, or parameters that hold themselves.
    private static byte[] Nested(Dice dice)
    {
        var depth = dice.Size(50_000);
        if (dice.Chance(50))
            return [.. Enumerable.Repeat((byte)((9 << 3) | 3), depth)];
        byte[] message = [];
        for (var i = Math.Min(depth, 300); i > 0; i--)
            message = Wire.Field(5, message);
        return message;
    }

    private static byte[] EmptyTensors(string model, Dice dice) =>
        [.. Wire.Text(1, model), .. Enumerable.Repeat(Wire.Field(5, []), dice.Size(3000)).SelectMany(field => field)];

    private static byte[] Shaped(string model, Dice dice)
    {
        var shape = dice.Chance(10)
            ? [.. Enumerable.Repeat(1L, dice.Size(1_000_000))]
            : Enumerable.Range(0, dice.Size(80)).Select(_ => dice.OddNumber()).ToArray();
        var tensor = Tensor("x", dice.Pick("FP32", "INT64", "", "\u001b"), shape);
        return [.. Wire.Text(1, model), .. Wire.Field(5, tensor), .. Wire.Field(7, dice.Bytes(dice.Size(64)))];
    }

    private static byte[] RawAndTyped(string model, IReadOnlyList<TensorSample> inputs, Dice dice)
    {
        byte[] contents = Wire.Field(dice.Between(1, 9), dice.Bytes(dice.Size(64)));
        var message = inputs.SelectMany(i => Wire.Field(5, [.. Tensor(i.Name, i.Datatype, i.Shape), .. Wire.Field(5, contents)])).ToList();
        for (var i = dice.Below(4); i > 0; i--)
            message.AddRange(Wire.Field(7, dice.Bytes(dice.Size(64))));
        return [.. Wire.Text(1, model), .. message];
    }

    private static byte[] Parameters(byte[] message, Dice dice)
    {
        byte[] value = dice.Below(5) switch
        {
            0 => Wire.Number(1, dice.OddNumber()),
            1 => Wire.Number(2, dice.OddNumber()),
            2 => Wire.Text(3, Odd(dice)),
            3 => [.. Wire.Tag(4, 1), .. dice.Bytes(8)],
            _ => dice.Bytes(6),
        };
        var name = dice.Pick("sequence_id", "sequence_start", "timeout", "priority", "graph", "", "binary_data_size", "zz");
        var entry = Wire.Field(4, [.. Wire.Text(1, name), .. Wire.Field(2, value)]);
        return [.. message, .. Enumerable.Repeat(entry, dice.Chance(10) ? 400 : 1).SelectMany(field => field)];
    }

    private static byte[] OverlongNumbers(byte[] message, Dice dice) =>
        [.. message, .. Wire.Tag(5, 2), .. Enumerable.Repeat((byte)0xFF, dice.Between(1, 12)), (byte)dice.Below(128)];
}
