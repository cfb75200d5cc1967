using System.Globalization;
using System.Text;

namespace SeqServe.Core.Tokenization;

/// <summary>The UTF-8 bytes that each token stands for, and its name for display.</summary>
internal sealed class TokenBytes
{
    // What SentencePiece prints for its unknown piece.
    private const string UnknownText = " \u2047 ";

    private readonly byte[][] _bytes;
    private readonly string[] _texts;
    private readonly bool[] _beginsWord;

    public TokenBytes(IReadOnlyList<SentencePieceModel.Piece> pieces, char spaceMark)
    {
        _bytes = new byte[pieces.Count][];
        _texts = new string[pieces.Count];
        _beginsWord = new bool[pieces.Count];
        for (var id = 0; id < pieces.Count; id++)
        {
            var piece = pieces[id];
            var isText = piece.Kind is SentencePieceModel.PieceKind.Normal or SentencePieceModel.PieceKind.UserDefined or SentencePieceModel.PieceKind.Unused;
            _texts[id] = isText ? piece.Text.Replace(spaceMark, ' ') : piece.Text;
            _beginsWord[id] = isText && piece.Text.StartsWith(spaceMark);
            _bytes[id] = piece.Kind switch
            {
                SentencePieceModel.PieceKind.Control => [],
                SentencePieceModel.PieceKind.Unknown => Encoding.UTF8.GetBytes(UnknownText),
                SentencePieceModel.PieceKind.Byte => [ByteOf(piece)],
                _ => Encoding.UTF8.GetBytes(_texts[id]),
            };
        }
    }

    /// <summary>The value of a byte piece, <c>&lt;0x41&gt;</c>.</summary>
    public static byte ByteOf(SentencePieceModel.Piece piece) => byte.Parse(piece.Text.AsSpan(3, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public ReadOnlySpan<byte> Of(int id) => _bytes[id];

    /// <summary>Whether the token is text that begins with the space in front of a word.</summary>
    public bool BeginsWord(int id) => _beginsWord[id];

    public string Text(int id) => _texts[id];
}
