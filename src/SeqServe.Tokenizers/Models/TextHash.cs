using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SeqServe.Tokenizers.Models;

/// <summary>
/// A hash of short texts, a few nanoseconds a word. Another one in each process, so that no file can be made whose tokens all meet in one place.
/// </summary>
internal static class TextHash
{
    private static readonly ulong s_seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private static readonly ulong s_factor = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    /// <summary>The hash of a text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(ReadOnlySpan<char> text)
    {
        ref var first = ref MemoryMarshal.GetReference(text);
        var length = text.Length;
        var hash = s_seed ^ (uint)length;
        var at = 0;
        for (; at + 4 <= length; at += 4)
            hash = Mix(hash, Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<char, byte>(ref Unsafe.Add(ref first, at))));
        var rest = 0UL;
        for (; at < length; at++)
            rest = (rest << 16) | Unsafe.Add(ref first, at);
        hash = Mix(hash, rest);
        return (uint)(hash ^ (hash >> 32));
    }

    /// <summary>Spreads a number over all 64 bits; the upper ones are the better ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Spread(ulong number) => number * s_factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong hash, ulong block)
    {
        var high = Math.BigMul(hash ^ block, s_factor, out var low);
        return BitOperations.RotateLeft(high, 23) ^ low;
    }
}
