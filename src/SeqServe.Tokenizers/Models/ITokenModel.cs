namespace SeqServe.Tokenizers.Models;

/// <summary>Turns the pieces that a pre-tokenizer made into tokens. Safe for concurrent use.</summary>
internal interface ITokenModel
{
    /// <summary>Number of entries of the vocabulary, added tokens not counted.</summary>
    int VocabularySize { get; }

    /// <summary>Id of what stands for what the vocabulary cannot spell, or null.</summary>
    int? UnknownId => null;

    /// <summary>Whether tokens that are not at a piece's start begin with a mark.</summary>
    bool MarksSubwords => false;

    /// <summary>Appends the tokens of a piece.</summary>
    /// <param name="piece">One piece of the normalized text, in UTF-16; never empty, no lone surrogates.</param>
    /// <param name="tokens">Where they go; positions count from the piece's start, in UTF-16 units.</param>
    void Tokenize(ReadOnlySpan<char> piece, TokenList tokens);

    /// <summary>The id of a token of the vocabulary, or null.</summary>
    int? IdOf(string token);

    /// <summary>The token of an id, or null where the vocabulary has none.</summary>
    string? TokenOf(int id);
}

/// <summary>A token of a piece.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Behind its last unit; a token for one byte of a character has the character's range.</param>
internal readonly record struct ModelToken(int Id, int Start, int End);

/// <summary>Tokens in order, in a buffer that is used again. Not safe for concurrent use.</summary>
internal sealed class TokenList
{
    private ModelToken[] _tokens = new ModelToken[64];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The tokens.</summary>
    public Span<ModelToken> Span => _tokens.AsSpan(0, Count);

    /// <summary>Appends a token.</summary>
    public void Add(int id, int start, int end)
    {
        if (Count == _tokens.Length)
            Array.Resize(ref _tokens, Count * 2);
        _tokens[Count++] = new ModelToken(id, start, end);
    }

    /// <summary>Appends tokens.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="offset">What is added to their positions.</param>
    public void Add(ReadOnlySpan<ModelToken> tokens, int offset)
    {
        if (_tokens.Length - Count < tokens.Length)
            Array.Resize(ref _tokens, Math.Max(Count * 2, Count + tokens.Length));
        var free = _tokens.AsSpan(Count, tokens.Length);
        for (var i = 0; i < free.Length; i++)
        {
            ref readonly var token = ref tokens[i];
            free[i] = new ModelToken(token.Id, token.Start + offset, token.End + offset);
        }

        Count += tokens.Length;
    }

    /// <summary>Removes those behind the first so many.</summary>
    public void Truncate(int count) => Count = count;

    /// <summary>Removes all.</summary>
    public void Clear() => Count = 0;
}
