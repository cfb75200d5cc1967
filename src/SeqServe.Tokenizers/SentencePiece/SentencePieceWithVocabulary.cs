using SeqServe.Tokenizers.Models;

namespace SeqServe.Tokenizers.SentencePiece;

/// <summary>
/// The model of Marian and M2M100: a SentencePiece model cuts the text, a vocabulary of its own gives the ids (transformers, tokenization_marian.py). Safe
/// for concurrent use.
/// </summary>
internal sealed class SentencePieceWithVocabulary : ITokenModel
{
    private readonly SentencePieceEncoder _pieces;
    private readonly int[] _ids;
    private readonly Vocabulary _source;
    private readonly Vocabulary _target;
    private readonly int _unknown;

    /// <summary>Makes a model.</summary>
    /// <param name="pieces">What cuts the text.</param>
    /// <param name="model">What its file says.</param>
    /// <param name="source">The ids of the source language.</param>
    /// <param name="target">The ids of the target language, which ids are decoded with.</param>
    /// <param name="unknown">The id of what the vocabulary lacks.</param>
    public SentencePieceWithVocabulary(SentencePieceEncoder pieces, SentencePieceModel model, Vocabulary source, Vocabulary target, int unknown)
    {
        (_pieces, _source, _target, _unknown) = (pieces, source, target, unknown);
        _ids = [.. model.Pieces.Select(p => source.IdOf(p.Text) ?? unknown)];
    }

    /// <inheritdoc/>
    public int VocabularySize => _source.Count;

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> piece, TokenList tokens)
    {
        if (SentencePieceNormalizer.LengthOfLanguageCode(piece) == piece.Length)
        {
            tokens.Add(_source.IdOf(piece) ?? _unknown, 0, piece.Length);
            return;
        }

        var before = tokens.Count;
        _pieces.Encode(piece, tokens);
        foreach (ref var token in tokens.Span[before..])
        {
            // The vocabulary may know a character that the pieces lack.
            var id = token.Id == _pieces.Unknown ? _source.IdOf(piece[token.Start..token.End]) ?? _unknown : _ids[token.Id];
            token = token with { Id = id };
        }
    }

    /// <inheritdoc/>
    public int? IdOf(string token) => _source.IdOf(token);

    /// <inheritdoc/>
    public string? TokenOf(int id) => _target.TokenOf(id);
}
