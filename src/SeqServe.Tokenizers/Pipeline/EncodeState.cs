using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.PreTokenizers;

namespace SeqServe.Tokenizers.Pipeline;

/// <summary>The buffers of one encoding. Each thread keeps one for the next.</summary>
internal sealed class EncodeState
{
    private const int LongestKept = 1 << 16;

    [ThreadStatic]
    private static EncodeState? s_kept;

    /// <summary>The text and its pieces.</summary>
    public PieceState Pieces { get; } = new();

    /// <summary>Added tokens and what is between them.</summary>
    public PieceList Segments { get; } = new();

    /// <summary>The model's tokens of a piece.</summary>
    public TokenList Tokens { get; } = new();

    /// <summary>The tokens of the text.</summary>
    public EncodedText First { get; } = new();

    /// <summary>The tokens of the pair.</summary>
    public EncodedText Second { get; } = new();

    /// <summary>Takes the thread's buffers.</summary>
    public static EncodeState Rent()
    {
        var state = s_kept ?? new EncodeState();
        s_kept = null;
        state.First.Clear();
        state.Second.Clear();
        return state;
    }

    /// <summary>Gives them back.</summary>
    /// <param name="state">The buffers.</param>
    /// <param name="length">Length of the texts: buffers that grew for long ones are not kept.</param>
    public static void Return(EncodeState state, int length)
    {
        if (length <= LongestKept)
            s_kept = state;
    }
}
