namespace SeqServe.Tokenizers.Models;

/// <summary>A model that knows whole words only: a piece is one token, or the unknown one.</summary>
/// <param name="vocabulary">Words and ids.</param>
/// <param name="unknownToken">What stands for any other word.</param>
internal sealed class WordLevel(Vocabulary vocabulary, string unknownToken) : ITokenModel
{
    private readonly int _unknown = vocabulary.Find(unknownToken);

    /// <inheritdoc/>
    public int VocabularySize => vocabulary.Count;

    /// <inheritdoc/>
    public int? UnknownId => _unknown < 0 ? null : _unknown;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The word is unknown and so is the unknown token, where the reference refuses the text too.</exception>
    public void Tokenize(ReadOnlySpan<char> piece, TokenList tokens)
    {
        var id = vocabulary.Find(piece);
        if (id < 0 && (id = _unknown) < 0)
            throw MissingToken.Unknown("WordLevel", unknownToken);
        tokens.Add(id, 0, piece.Length);
    }

    /// <inheritdoc/>
    public int? IdOf(string token) => vocabulary.IdOf(token);

    /// <inheritdoc/>
    public string? TokenOf(int id) => vocabulary.TokenOf(id);
}
