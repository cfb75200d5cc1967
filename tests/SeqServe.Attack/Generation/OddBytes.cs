using System.IO.Compression;
using System.Text;

namespace SeqServe.Attack.Generation;

/// <summary>Damages a body as bytes: cut off, flipped, in another encoding, nested without end, far too long.</summary>
internal static class OddBytes
{
    private const int DeepestNesting = 100_000;
    private const int Largest = 2 << 20;

    private static readonly byte[][] s_bad =
    [
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80], [0x00], [0x1B], [0x0D, 0x0A],
        [0xEF, 0xBB, 0xBF], [0xE2, 0x80, 0xAE],
    ];

    /// <summary>A body with one damage.</summary>
    public static byte[] Damage(byte[] body, Dice dice)
    {
        var at = body.Length == 0 ? 0 : dice.Below(body.Length);
        return dice.Below(16) switch
        {
            0 or 1 or 2 => body[..at],
            3 or 4 => Insert(body, at, dice.Pick(s_bad)),
            5 => Insert(body, at, dice.Bytes(dice.Between(1, 8))),
            6 => Flip(body, at, dice),
            7 => [0xEF, 0xBB, 0xBF, .. body],
            8 => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body)),
            9 => Nest(dice),
            10 => [.. body, .. dice.Chance(50) ? body : "}"u8.ToArray()],
            11 => [],
            12 => GZip(body),
            13 => [.. new byte[dice.Size(100_000)].Select(_ => (byte)' '), .. body],
            14 when dice.Chance(10) => Repeat("[1,"u8, dice.Size(Largest)),
            14 => Repeat("\"a"u8, dice.Size(20_000)),
            _ => dice.Bytes(dice.Size(4096)),
        };
    }

    private static byte[] Insert(byte[] body, int at, byte[] bytes) => [.. body[..at], .. bytes, .. body[at..]];

    private static byte[] Flip(byte[] body, int at, Dice dice)
    {
        var copy = body.ToArray();
        if (copy.Length > 0)
            copy[at] ^= (byte)(1 << dice.Below(8));
        return copy;
    }

    private static byte[] Nest(Dice dice)
    {
        var depth = dice.Size(DeepestNesting);
        var (open, close) = dice.Chance(50) ? ("[", "]") : ("{\"inputs\":", "}");
        var text = string.Concat(Enumerable.Repeat(open, depth));
        if (dice.Chance(50))
            text += "1" + string.Concat(Enumerable.Repeat(close, depth));
        return Encoding.UTF8.GetBytes(dice.Chance(50) ? "{\"inputs\":" + text + "}" : text);
    }

    private static byte[] Repeat(ReadOnlySpan<byte> part, int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = part[i % part.Length];
        return bytes;
    }

    /// <summary>A body in the format of gzip.</summary>
    public static byte[] GZip(byte[] body)
    {
        using var stream = new MemoryStream();
        using (var zip = new GZipStream(stream, CompressionLevel.Fastest))
            zip.Write(body);
        return stream.ToArray();
    }
}
