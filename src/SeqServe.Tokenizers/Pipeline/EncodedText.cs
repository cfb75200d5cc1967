using System.Runtime.CompilerServices;
using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.Text;

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

    /// <summary>Appends the tokens of a piece.</summary>
    /// <param name="tokens">The tokens, with positions in the piece.</param>
    /// <param name="text">The text that the piece is part of.</param>
    /// <param name="start">Where the piece begins.</param>
    /// <param name="word">Index of its word.</param>
    public void Add(ReadOnlySpan<ModelToken> tokens, NormalizedText text, int start, int word)
    {
        if (_tokens.Length - Count < tokens.Length)
            Array.Resize(ref _tokens, Math.Max(Count * 2, Count + tokens.Length));
        var free = _tokens.AsSpan(Count, tokens.Length);
        for (var i = 0; i < free.Length; i++)
        {
            ref readonly var token = ref tokens[i];
            free[i] = new EncodedToken(token.Id, text.PartOf(start + token.Start, start + token.End), word, -1, -1);
        }

        Count += tokens.Length;
    }

    /// <summary>Removes all.</summary>
    public void Clear() => (Count, Words) = (0, 0);
}
