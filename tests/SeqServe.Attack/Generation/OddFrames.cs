namespace SeqServe.Attack.Generation;

/// <summary>Frames of HTTP/2 that no client sends: wrong sizes, streams, flags, settings and header blocks. None of them waits for an answer.</summary>
internal static class OddFrames
{
    private const int Data = 0;
    private const int HeadersType = 1;

    private static readonly byte[] s_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    /// <summary>A connection with some frames behind its preface.</summary>
    public static SocketRequest Make(Dice dice)
    {
        var bytes = new List<byte>(s_preface);
        bytes.AddRange(Frame(4, 0, 0, []));
        for (var frames = dice.Between(1, 12); frames > 0; frames--)
            bytes.AddRange(Next(dice));
        return new SocketRequest { Label = "frames of HTTP/2", Parts = [[.. bytes]], Finish = Finish.HalfClose, IsToGrpcPort = true };
    }

    /// <summary>A connection with a call whose body has begun and does not end.</summary>
    /// <param name="data">What has come of it.</param>
    public static byte[] Begun(byte[] data) => [.. s_preface, .. Frame(4, 0, 0, []), .. Frame(HeadersType, 4, 1, Call()), .. Frame(Data, 0, 1, data)];

    private static byte[] Next(Dice dice)
    {
        var stream = dice.Pick(0, 1, 3, 5, 2, int.MaxValue);
        return dice.Below(8) switch
        {
            0 => Frame(dice.Below(12), (byte)dice.Below(256), stream, dice.Bytes(dice.Size(200))),
            1 => Frame(HeadersType, dice.Pick<byte>(0, 1, 4, 5), dice.Pick(1, 3, 5), Call()),
            2 => Frame(Data, (byte)dice.Below(2), stream, Wire.Frame(dice.Bytes(dice.Size(64)))),
            3 => Frame(4, 0, 0, Setting(dice)),
            4 => Frame(8, 0, stream, [(byte)dice.Pick(0, 127), 255, 255, (byte)dice.Pick(0, 255)]),
            5 => Frame(3, 0, stream, [0, 0, 0, (byte)dice.Below(14)]),
            6 => [.. Frame(HeadersType, 0, 1, Call()), .. Frame(9, dice.Pick<byte>(0, 4), dice.Pick(1, 3), dice.Bytes(dice.Size(100)))],
            _ => [.. Frame(Data, 0, stream, [])[..3], .. dice.Bytes(dice.Between(1, 20))],
        };
    }

    private static byte[] Setting(Dice dice) =>
        [0, (byte)dice.Below(8), .. BitConverter.GetBytes((int)dice.OddNumber())];

    private static byte[] Call() =>
    [
        .. Literal(":method", "POST"), .. Literal(":scheme", "http"), .. Literal(":path", "/inference.GRPCInferenceService/ModelInfer"),
        .. Literal(":authority", "a"), .. Literal("content-type", "application/grpc"), .. Literal("te", "trailers"),
    ];

    // A header without Huffman's code and without the table: nothing of HPACK has to be kept.
    private static byte[] Literal(string name, string value) =>
        [0, (byte)name.Length, .. name.Select(c => (byte)c), (byte)value.Length, .. value.Select(c => (byte)c)];

    private static byte[] Frame(int type, byte flags, int stream, byte[] payload) =>
    [
        (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, flags,
        (byte)(stream >> 24), (byte)(stream >> 16), (byte)(stream >> 8), (byte)stream, .. payload,
    ];
}
