namespace SeqServe.Tokenizers.Models;

/// <summary>A model whose pieces are remembered.</summary>
/// <param name="model">What cuts a piece that is not remembered.</param>
internal sealed class CachedModel(ITokenModel model) : ITokenModel
{
    private readonly WordCache _words = new();

    /// <inheritdoc/>
    public int VocabularySize => model.VocabularySize;

    /// <inheritdoc/>
    public int? UnknownId => model.UnknownId;

    /// <inheritdoc/>
    public bool MarksSubwords => model.MarksSubwords;

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> piece, TokenList tokens)
    {
        if (_words.TryAppend(piece, 0, tokens))
            return;
        var before = tokens.Count;
        model.Tokenize(piece, tokens);
        _words.Keep(piece, 0, tokens.Span[before..]);
    }

    /// <inheritdoc/>
    public int? IdOf(string token) => model.IdOf(token);

    /// <inheritdoc/>
    public string? TokenOf(int id) => model.TokenOf(id);
}
