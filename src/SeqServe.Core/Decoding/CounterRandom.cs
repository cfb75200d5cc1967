namespace SeqServe.Core.Decoding;

/// <summary>
/// Random numbers that depend on a seed, a stream and a count alone, so that a row draws the same whatever runs beside it: SplitMix64 (Steele, Lea, Flood 2014)
/// read as a counter-based generator.
/// </summary>
/// <param name="seed">The seed.</param>
/// <param name="stream">Which of the seed's sequences, so that answers of one request differ.</param>
public sealed class CounterRandom(long seed, int stream = 0)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private readonly ulong _start = Mix(Mix(unchecked((ulong)seed)) + ((ulong)(uint)stream * Increment));
    private ulong _count;

    /// <summary>The next number, uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (Mix(_start + (++_count * Increment)) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
