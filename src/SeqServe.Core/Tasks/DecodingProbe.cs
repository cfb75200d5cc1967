using SeqServe.Core.Backends;

namespace SeqServe.Core.Tasks;

/// <summary>
/// Parts of the probes that find out at load whether a generating model may be batched: each runs one sequence alone and beside a shorter and a longer one, and
/// compares the logits of two steps.
/// </summary>
internal static class DecodingProbe
{
    // As for classifiers: kernels add in another order for another batch.
    private const float Tolerance = 1e-4f;

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

    /// <summary>Whether a row's logits are the same alone and beside others. A logit that is not finite agrees with nothing.</summary>
    public static bool Agrees(float[] alone, float[] batched) =>
        alone.Length == batched.Length && alone.Zip(batched).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance);

    /// <summary>Rows as one batch.</summary>
    public static PaddedBatch Padded(params int[][] rows)
    {
        var batch = new PaddedBatch(rows.Length, rows.Max(row => row.Length), padId: 0);
        for (var i = 0; i < rows.Length; i++)
            batch.SetRow(i, rows[i]);
        return batch;
    }
}
