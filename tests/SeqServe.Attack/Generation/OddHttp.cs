using System.Text;

namespace SeqServe.Attack.Generation;

/// <summary>What a socket can do and a client library would not: bad chunks, slow and missing parts, early leaves, pipelines, other protocols, noise.</summary>
internal static class OddHttp
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private static readonly string[] s_chunks =
    [
        "ffffffffffffffff\r\nabc\r\n0\r\n\r\n", "-1\r\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "zz\r\nabc\r\n0\r\n\r\n",
        "3;ext=\"\r\nabc\r\n0\r\n\r\n", "3\nabc\n0\n\n",
        "0\r\nTrailer: x\r\n\r\n", "0\r\n: \r\n\r\n", "3\r\nab", "", "\r\n\r\n", "00000000000000000000000003\r\n{\"a\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n",
        "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", "7fffffff\r\n{}\r\n0\r\n\r\n", "80000000\r\n{}\r\n0\r\n\r\n", "2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n",
    ];

    private static readonly string[] s_noise =
    [
        "\r\n\r\n\r\n", "\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n",
        "GET / HTTP/1.1\rHost: a\r\r", "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "SSH-2.0-OpenSSH_9.0\r\n", "\0\0\0\0",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST /v1/classify HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/classify HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "get /health/live http/1.1\r\nhost: a\r\n\r\n",
    ];

    /// <summary>A connection that goes wrong.</summary>
    /// <param name="draft">A request in its right form.</param>
    /// <param name="dice">The choices.</param>
    public static SocketRequest Make(HttpDraft draft, Dice dice) => dice.Below(7) switch
    {
        0 or 1 => Chunked(draft, dice),
        2 => Cut(draft, dice),
        3 => Leave(draft, dice),
        4 => Pipeline(draft, dice),
        5 => Slow(draft, dice),
        _ => Noise(dice),
    };

    private static SocketRequest Chunked(HttpDraft draft, Dice dice)
    {
        var body = Encoding.UTF8.GetBytes(dice.Chance(80) ? dice.Pick(s_chunks) : $"{new string('1', dice.Size(9000))}\r\n");
        draft.Set("Transfer-Encoding", "chunked");
        draft.Body = body;
        return draft.ToRequest() with { Label = $"{draft.Label} in bad chunks", Finish = Finish.HalfClose, Expectation = Expectation.NoFault };
    }

    private static SocketRequest Cut(HttpDraft draft, Dice dice)
    {
        var bytes = draft.Render();
        return new SocketRequest { Label = $"{draft.Label} cut off", Parts = [bytes[..dice.Below(bytes.Length)]], Finish = Finish.HalfClose };
    }

    private static SocketRequest Leave(HttpDraft draft, Dice dice)
    {
        var bytes = draft.Render();
        var at = dice.Chance(50) ? bytes.Length : dice.Below(bytes.Length);
        return new SocketRequest { Label = $"{draft.Label}, client leaves", Parts = [bytes[..at]], Finish = Finish.Leave };
    }

    private static SocketRequest Pipeline(HttpDraft draft, Dice dice)
    {
        var one = draft.Render();
        var count = dice.Between(2, 12);
        var bytes = Enumerable.Repeat(one, count).SelectMany(part => part).ToArray();
        if (dice.Chance(50))
            bytes = OddBytes.Damage(bytes, dice);
        return new SocketRequest { Label = $"{count} times {draft.Label} in one go", Parts = [bytes], Finish = Finish.HalfClose, Answers = count };
    }

    private static SocketRequest Slow(HttpDraft draft, Dice dice)
    {
        var bytes = draft.Render();
        var parts = new List<byte[]>();
        for (var at = 0; at < bytes.Length && parts.Count < 8;)
        {
            var size = parts.Count == 7 ? bytes.Length - at : Math.Min(dice.Between(1, 200), bytes.Length - at);
            parts.Add(bytes[at..(at + size)]);
            at += size;
        }

        return new SocketRequest { Label = $"{draft.Label} in {parts.Count} parts", Parts = parts, Pause = s_pause, Expectation = Expectation.Answer };
    }

    private static SocketRequest Noise(Dice dice)
    {
        var bytes = dice.Chance(70) ? Encoding.Latin1.GetBytes(dice.Pick(s_noise)) : dice.Bytes(dice.Size(20_000));
        return new SocketRequest { Label = "noise", Parts = [bytes], Finish = Finish.HalfClose, IsToGrpcPort = dice.Chance(30) };
    }
}
