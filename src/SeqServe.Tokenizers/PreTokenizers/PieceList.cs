using System.Runtime.CompilerServices;

namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>Pieces in order, in a buffer that is used again. Not safe for concurrent use.</summary>
internal sealed class PieceList
{
    private Piece[] _pieces = new Piece[64];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The pieces.</summary>
    public ReadOnlySpan<Piece> Span => _pieces.AsSpan(0, Count);

    /// <summary>Appends a part of the normalized text, if it is not empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int start, int end)
    {
        if (start < end)
            Add(new Piece(start, end));
    }

    /// <summary>Appends a piece.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Piece piece)
    {
        if (Count == _pieces.Length)
            Array.Resize(ref _pieces, Count * 2);
        _pieces[Count++] = piece;
    }

    /// <summary>Removes all.</summary>
    public void Clear() => Count = 0;
}
