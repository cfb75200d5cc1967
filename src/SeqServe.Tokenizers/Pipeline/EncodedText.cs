using System.Runtime.CompilerServices;

namespace SeqServe.Tokenizers.Pipeline;

/// <summary>The tokens of a text, in a buffer that is used again. Not safe for concurrent use.</summary>
internal sealed class EncodedText
{
    private EncodedToken[] _tokens = new EncodedToken[64];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Number of words so far.</summary>
    public int Words { get; set; }

    /// <summary>The tokens.</summary>
    public ReadOnlySpan<EncodedToken> Span => _tokens.AsSpan(0, Count);

    /// <summary>Appends a token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(EncodedToken token)
    {
        if (Count == _tokens.Length)
            Array.Resize(ref _tokens, Count * 2);
        _tokens[Count++] = token;
    }

    /// <summary>Removes all.</summary>
    public void Clear() => (Count, Words) = (0, 0);
}
