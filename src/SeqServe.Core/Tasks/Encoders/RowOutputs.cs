using System.Numerics.Tensors;

namespace SeqServe.Core.Tasks.Encoders;

/// <summary>What rows keep of what a graph gives, as <see cref="RowOutput"/> has it.</summary>
internal static class RowOutputs
{
    /// <summary>All numbers of the row, of each of its tokens where the graph gives some for each: <c>[W]</c> or <c>[length,W]</c>.</summary>
    public static void All(ReadOnlySpan<float> computed, int width, int length, Span<float> kept) => computed[..kept.Length].CopyTo(kept);

    /// <summary>The numbers of the first token, which a BERT trains to stand for the text.</summary>
    public static void First(ReadOnlySpan<float> computed, int width, int length, Span<float> kept) => computed[..width].CopyTo(kept);

    /// <summary>The numbers of the last token, which has read all others in a model that reads from left to right.</summary>
    public static void Last(ReadOnlySpan<float> computed, int width, int length, Span<float> kept) =>
        computed.Slice((length - 1) * width, width).CopyTo(kept);

    /// <summary>The mean over the tokens.</summary>
    public static void Mean(ReadOnlySpan<float> computed, int width, int length, Span<float> kept)
    {
        Sum(computed, width, length, kept);
        TensorPrimitives.Divide(kept, length, kept);
    }

    /// <summary>The sum over the tokens divided by the root of their number, as sentence-transformers' <c>pooling_mode_mean_sqrt_len_tokens</c>.</summary>
    public static void MeanOfRoot(ReadOnlySpan<float> computed, int width, int length, Span<float> kept)
    {
        Sum(computed, width, length, kept);
        TensorPrimitives.Divide(kept, MathF.Sqrt(length), kept);
    }

    /// <summary>The largest of each number over the tokens.</summary>
    public static void Max(ReadOnlySpan<float> computed, int width, int length, Span<float> kept)
    {
        computed[..width].CopyTo(kept);
        for (var i = 1; i < length; i++)
            TensorPrimitives.Max(kept, computed.Slice(i * width, width), kept);
    }

    private static void Sum(ReadOnlySpan<float> computed, int width, int length, Span<float> kept)
    {
        kept.Clear();
        for (var i = 0; i < length; i++)
            TensorPrimitives.Add(kept, computed.Slice(i * width, width), kept);
    }
}
