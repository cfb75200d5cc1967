using SeqServe.Core.Backends;

namespace SeqServe.Core.Tasks;

/// <summary>
/// Parts of the probes that find out at load whether a generating model may be batched: each runs one sequence alone and beside a shorter and a longer one, and
/// compares the logits of two steps.
/// </summary>
internal static class DecodingProbe
{
    private static readonly int[] s_lengths = [5, 1, 14];

    /// <summary>The token ids of the sequences; the first is the one to be compared.</summary>
    public static int[][] Sequences(int vocabularySize, int maxTokens) =>
        [
            .. s_lengths.Select(
                (length, row) => Enumerable.Range(0, Math.Min(length, maxTokens)).Select(i => ((row * 31) + (i * 7) + 5) % vocabularySize).ToArray()),
        ];

    /// <summary>Logits of the first row at two steps, in both of which all rows read the same token.</summary>
    public static float[] TwoSteps(IDecoderRows rows, int token)
    {
        int[] tokens = [.. Enumerable.Repeat(token, rows.Count)];
        rows.RunStep(tokens);
        float[] first = [.. rows.Logits(0)];
        rows.RunStep(tokens);
        return [.. first, .. rows.Logits(0)];
    }

    /// <summary>Rows as one batch.</summary>
    public static PaddedBatch Padded(params int[][] rows) => PaddedBatch.Of(rows.Length, rows, static (rows, i) => rows[i], padId: 0);
}
