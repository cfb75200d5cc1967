using System.Text;
using SeqServe.Tokenizers.SentencePiece;

namespace SeqServe.Core.Tokenization;

/// <summary>The UTF-8 bytes that each token stands for, and its name for display.</summary>
internal sealed class TokenBytes
{
    // What SentencePiece prints for its unknown piece.
    private const string UnknownText = " \u2047 ";

    private readonly byte[][] _bytes;
    private readonly string[] _texts;
    private readonly bool[] _beginsWord;

    public TokenBytes(IReadOnlyList<SentencePiecePiece> pieces, char spaceMark)
    {
        _bytes = new byte[pieces.Count][];
        _texts = new string[pieces.Count];
        _beginsWord = new bool[pieces.Count];
        for (var id = 0; id < pieces.Count; id++)
        {
            var piece = pieces[id];
            var isText = piece.Type is SentencePieceType.Normal or SentencePieceType.UserDefined or SentencePieceType.Unused;
            _texts[id] = isText ? piece.Text.Replace(spaceMark, ' ') : piece.Text;
            _beginsWord[id] = isText && piece.Text.StartsWith(spaceMark);
            _bytes[id] = piece.Type switch
            {
                SentencePieceType.Control => [],
                SentencePieceType.Unknown => Encoding.UTF8.GetBytes(UnknownText),
                SentencePieceType.Byte => [piece.Byte!.Value],
                _ => Encoding.UTF8.GetBytes(_texts[id]),
            };
        }
    }

    public ReadOnlySpan<byte> Of(int id) => _bytes[id];

    /// <summary>Whether the token is text that begins with the space in front of a word.</summary>
    public bool BeginsWord(int id) => _beginsWord[id];

    public string Text(int id) => _texts[id];
}
