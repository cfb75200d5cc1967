using SeqServe.Tokenizers.Models;

namespace SeqServe.Tokenizers.SentencePiece;

/// <summary>Cuts texts into pieces as the C++ library does. Safe for concurrent use.</summary>
internal abstract class SentencePieceEncoder
{
    /// <summary>Takes a model.</summary>
    /// <exception cref="InvalidDataException">It lacks an unknown piece.</exception>
    protected SentencePieceEncoder(SentencePieceModel model, string name)
    {
        Unknown = model.Pieces.Index().Where(p => p.Item.Type == SentencePieceType.Unknown).Select(p => p.Index).DefaultIfEmpty(-1).First();
        if (Unknown < 0)
            throw new InvalidDataException($"{name} has no unknown piece.");
    }

    /// <summary>Id of the unknown piece.</summary>
    public int Unknown { get; }

    /// <summary>The encoder of a model.</summary>
    /// <param name="model">What its file says.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">It is of a kind that is not supported.</exception>
    public static SentencePieceEncoder Of(SentencePieceModel model, string name) => model.Kind switch
    {
        SentencePieceKind.Unigram => new SentencePieceUnigram(model, name),
        SentencePieceKind.Bpe => new SentencePieceBpe(model, name),
        _ => throw new InvalidDataException($"{name} holds a SentencePiece model of the kind {model.Kind}; Unigram and Bpe are supported."),
    };

    /// <summary>Cuts a text.</summary>
    /// <param name="text">Normalized; no lone surrogates.</param>
    /// <param name="pieces">Where the pieces go, each with its range; unknown ones in a row are one.</param>
    public abstract void Encode(ReadOnlySpan<char> text, TokenList pieces);

    /// <summary>Appends a piece, or makes the last one longer where both are unknown.</summary>
    protected void Add(TokenList pieces, int id, int start, int end)
    {
        if (id == Unknown && pieces.Count > 0 && pieces.Span[^1] is var last && last.Id == Unknown && last.End == start)
            pieces.Span[^1] = last with { End = end };
        else
            pieces.Add(id, start, end);
    }
}
