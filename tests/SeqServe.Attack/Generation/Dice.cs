namespace SeqServe.Attack.Generation;

/// <summary>
/// The random choices of one request. They follow from the run's seed and the request's index alone, so that one request of a million can be made again
/// without the others.
/// </summary>
/// <param name="seed">The run's.</param>
/// <param name="index">The request's.</param>
internal sealed class Dice(long seed, long index)
{
    private static readonly long[] s_oddNumbers =
    [
        0, 1, -1, 2, 7, 63, 64, 65, 127, 128, 255, 256, 1000, 65_535, 65_536, 1_000_000, int.MaxValue, int.MinValue, 1L << 32, 1L << 40, (1L << 53) + 1,
        long.MaxValue, long.MinValue, long.MaxValue / 2, -2,
    ];

    private ulong _state = Mix((ulong)seed) ^ Mix(unchecked((ulong)index + 0x9E37_79B9_7F4A_7C15));

    /// <summary>A number below <paramref name="limit"/>, which is above 0.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>A number from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public int Between(int first, int last) => first + Below(last - first + 1);

    /// <summary>True in <paramref name="percent"/> of a hundred cases.</summary>
    public bool Chance(int percent) => Below(100) < percent;

    /// <summary>One of several.</summary>
    public T Pick<T>(params ReadOnlySpan<T> items) => items[Below(items.Length)];

    /// <summary>Bytes of any value.</summary>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = (byte)Next();
        return bytes;
    }

    /// <summary>A whole number at which programs go wrong: about limits of types, of sizes, and zero.</summary>
    public long OddNumber() => Chance(80) ? Pick(s_oddNumbers) : (long)Next();

    /// <summary>A size whose magnitude, not whose value, is spread evenly.</summary>
    /// <param name="most">The largest.</param>
    public int Size(int most)
    {
        var bits = Below(32 - int.LeadingZeroCount(most) + 1);
        return Math.Min(most, bits == 0 ? 0 : (1 << (bits - 1)) + Below(1 << (bits - 1)));
    }

    private ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        return Mix(_state);
    }

    // SplitMix64: what it gives is the same on every machine and with every version of .NET.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
