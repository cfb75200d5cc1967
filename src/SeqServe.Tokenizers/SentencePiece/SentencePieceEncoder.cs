using System.Text;
using SeqServe.Tokenizers.Models;

namespace SeqServe.Tokenizers.SentencePiece;

/// <summary>Cuts texts into pieces as the C++ library does. Safe for concurrent use.</summary>
internal abstract class SentencePieceEncoder
{
    private const int Bytes = 256;

    private readonly int[]? _bytes;

    /// <summary>Takes a model.</summary>
    /// <exception cref="InvalidDataException">It lacks an unknown piece, or one of the pieces of bytes that it promises.</exception>
    protected SentencePieceEncoder(SentencePieceModel model, string name)
    {
        Unknown = model.Pieces.Index().Where(p => p.Item.Type == SentencePieceType.Unknown).Select(p => p.Index).DefaultIfEmpty(-1).First();
        if (Unknown < 0)
            throw new InvalidDataException($"{name} has no unknown piece.");
        _bytes = model.ByteFallback ? BytesOf(model, name) : null;
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
    /// <param name="pieces">
    /// Where the pieces go, each with its range. What is unknown becomes its bytes, each with the character's range, where the model has byte fallback; else
    /// unknown pieces in a row are one.
    /// </param>
    public abstract void Encode(ReadOnlySpan<char> text, TokenList pieces);

    /// <summary>Appends a character that no piece has (sentencepiece_processor.cc, PopulateSentencePieceText).</summary>
    protected void AddUnknown(TokenList pieces, ReadOnlySpan<char> text, int start, int end)
    {
        if (_bytes is not null)
        {
            Span<byte> bytes = stackalloc byte[4];
            foreach (var value in bytes[..Encoding.UTF8.GetBytes(text[start..end], bytes)])
                pieces.Add(_bytes[value], start, end);
        }
        else if (pieces.Count > 0 && pieces.Span[^1] is var last && last.Id == Unknown && last.End == start)
        {
            pieces.Span[^1] = last with { End = end };
        }
        else
        {
            pieces.Add(Unknown, start, end);
        }
    }

    private static int[] BytesOf(SentencePieceModel model, string name)
    {
        var ids = new int[Bytes];
        Array.Fill(ids, -1);
        foreach (var (id, piece) in model.Pieces.Index())
        {
            if (piece.Type == SentencePieceType.Byte && piece.Byte is { } value)
                ids[value] = id;
        }

        return ids.Contains(-1) ? throw new InvalidDataException($"{name} has byte fallback and not one piece for each byte.") : ids;
    }
}
