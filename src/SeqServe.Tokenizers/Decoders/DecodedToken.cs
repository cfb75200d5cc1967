namespace SeqServe.Tokenizers.Decoders;

/// <summary>A bound on what decoders make of a token: several that each double it would fill the memory.</summary>
internal static class DecodedToken
{
    private const int Longest = 1 << 24;

    /// <summary>Checks what a token may become.</summary>
    /// <exception cref="InvalidDataException">It is too long.</exception>
    public static void CheckLength(long length)
    {
        if (length > Longest)
            throw new InvalidDataException($"The decoder makes a token of more than {Longest >> 20} million characters.");
    }
}
