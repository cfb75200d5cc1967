namespace SeqServe.Tokenizers.Models;

/// <summary>
/// BERT's model: at each place the longest token that fits, all but the first with a prefix; where none fits, or the piece is too long, the whole piece is
/// one unknown token.
/// </summary>
internal sealed class WordPiece : ITokenModel
{
    private readonly Vocabulary _vocabulary;
    private readonly string _unknownToken;
    private readonly int _unknown;
    private readonly int _mostCharacters;
    private readonly CharTrie _first = new();
    private readonly CharTrie _inner;

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">Tokens and ids.</param>
    /// <param name="unknownToken">What stands for a piece without tokens.</param>
    /// <param name="continuingPrefix">What tokens begin with that are not at a piece's start; may be empty.</param>
    /// <param name="mostCharacters">Length of the longest piece that is cut into tokens, in code points (max_input_chars_per_word).</param>
    public WordPiece(Vocabulary vocabulary, string unknownToken, string continuingPrefix, int mostCharacters)
    {
        _vocabulary = vocabulary;
        _unknownToken = unknownToken;
        _unknown = vocabulary.Find(unknownToken);
        _mostCharacters = mostCharacters;
        foreach (var (token, id) in vocabulary.Entries)
            _first.Add(token, id);
        if (continuingPrefix.Length == 0)
        {
            _inner = _first;
            return;
        }

        _inner = new CharTrie();
        foreach (var (token, id) in vocabulary.Entries)
        {
            if (token.StartsWith(continuingPrefix, StringComparison.Ordinal))
                _inner.Add(token.AsSpan(continuingPrefix.Length), id);
        }
    }

    /// <inheritdoc/>
    public int VocabularySize => _vocabulary.Count;

    /// <inheritdoc/>
    public int? UnknownId => _unknown < 0 ? null : _unknown;

    /// <inheritdoc/>
    public bool MarksSubwords => _inner != _first;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The piece is unknown and the vocabulary has no unknown token.</exception>
    public void Tokenize(ReadOnlySpan<char> piece, TokenList tokens)
    {
        var before = tokens.Count;
        if (!TooLong(piece) && TryTokenize(piece, tokens))
            return;
        tokens.Truncate(before);
        if (_unknown < 0)
            throw MissingToken.Unknown("WordPiece", _unknownToken);
        tokens.Add(_unknown, 0, piece.Length);
    }

    /// <inheritdoc/>
    public int? IdOf(string token) => _vocabulary.IdOf(token);

    /// <inheritdoc/>
    public string? TokenOf(int id) => _vocabulary.TokenOf(id);

    private bool TryTokenize(ReadOnlySpan<char> piece, TokenList tokens)
    {
        var trie = _first;
        for (var start = 0; start < piece.Length; trie = _inner)
        {
            var length = trie.Longest(piece[start..], out var id);
            if (length == 0)
                return false;
            tokens.Add(id, start, start + length);
            start += length;
        }

        return true;
    }

    private bool TooLong(ReadOnlySpan<char> piece)
    {
        if (piece.Length <= _mostCharacters)
            return false;
        var characters = 0;
        foreach (var unit in piece)
            characters += char.IsLowSurrogate(unit) ? 0 : 1;
        return characters > _mostCharacters;
    }
}
