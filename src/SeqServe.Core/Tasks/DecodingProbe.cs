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

    /// <summary>
    /// Whether a sequence has the same logits alone, in front of the others and behind them: some graphs number the rows of a batch.
    /// </summary>
    /// <param name="sequences">The sequences; the first is the one to be compared.</param>
    /// <param name="logits">Logits of the row at a place of a batch of these sequences.</param>
    /// <param name="tolerance">Most that two logits may differ to be the same.</param>
    public static bool IsIndependent(int[][] sequences, Func<int, int[][], float[]> logits, float tolerance)
    {
        var alone = logits(0, [sequences[0]]);
        return RowIndependenceProbe.Agrees(alone, logits(0, sequences), tolerance)
            && RowIndependenceProbe.Agrees(alone, logits(sequences.Length - 1, [.. sequences.Reverse()]), tolerance);
    }

    /// <summary>Logits of a row at two steps, in both of which all rows read the same token.</summary>
    public static float[] TwoSteps(IDecoderRows rows, int row, int token)
    {
        int[] tokens = [.. Enumerable.Repeat(token, rows.Count)];
        rows.RunStep(tokens);
        float[] first = [.. rows.Logits(row)];
        rows.RunStep(tokens);
        return [.. first, .. rows.Logits(row)];
    }

    /// <summary>Why the reading of the graphs has found that rows depend on each other; null when it has not.</summary>
    public static string? MixingReason(IDecoderBackend backend) =>
        backend.Graphs.Values.Select(static graph => graph.MixesRows).FirstOrDefault(static reason => reason is not null);

    /// <summary>Rows as one batch.</summary>
    public static PaddedBatch Padded(params int[][] rows) => PaddedBatch.Of(rows.Length, rows, static (rows, i) => rows[i], padId: 0);
}
