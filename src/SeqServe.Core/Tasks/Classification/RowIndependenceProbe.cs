using SeqServe.Core.Backends;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>
/// Finds out at load whether a graph may be batched: runs rows alone, padded, and among neighbours, and compares. Masks that forget the padding and
/// quantization scales taken over a whole batch show themselves here instead of in answers that change with the traffic.
/// </summary>
internal static class RowIndependenceProbe
{
    // Kernels add in another order for another batch, which moves a logit by some 1e-6; a missing mask moves it by 1e-2 and more.
    private const float Tolerance = 1e-4f;
    private const int Padding = 9;

    // The same ids at every load, spread over the vocabulary by the golden ratio.
    private const uint Spread = 2_654_435_769;

    private static readonly int[] s_lengths = [1, 6, 23];

    /// <summary>Probes a graph; some ten small runs.</summary>
    /// <param name="backend">The graph, warmed up.</param>
    /// <param name="vocabularySize">Ids to draw from.</param>
    /// <param name="maxTokens">Most tokens of a row.</param>
    /// <param name="padId">The id that fills the tail of shorter rows.</param>
    /// <exception cref="BackendException">A run failed.</exception>
    public static RowIndependence Measure(IClassifierBackend backend, int vocabularySize, int maxTokens, int padId)
    {
        var result = RowIndependence.Full;
        foreach (var length in s_lengths.Select(l => Math.Min(l, maxTokens)).Distinct())
        {
            int[] Row(int seed, int count) => [.. Enumerable.Range(1, count).Select(i => (int)((uint)((seed * 977) + i) * Spread % (uint)vocabularySize))];
            var row = Row(0, length);
            var longer = Math.Min(length + Padding, maxTokens);
            var alone = Run(backend, padId, length, row);
            if (!Agrees(alone, Run(backend, padId, length, row, Row(1, length), Row(2, length))))
                return RowIndependence.None;
            if (!Agrees(alone, Run(backend, padId, longer, row)) || !Agrees(alone, Run(backend, padId, longer, row, Row(3, longer))))
                result = RowIndependence.EqualLengths;
        }

        return result;
    }

    /// <summary>Logits of the first row.</summary>
    private static float[] Run(IClassifierBackend backend, int padId, int time, params int[][] rows)
    {
        using var batch = new PaddedBatch(rows.Length, time, padId);
        for (var i = 0; i < rows.Length; i++)
            batch.SetRow(i, rows[i]);
        var logits = new float[rows.Length * backend.Classes];
        backend.Run(batch, logits);
        return logits[..backend.Classes];
    }

    // A logit that is not finite agrees with nothing.
    private static bool Agrees(float[] expected, float[] actual) =>
        expected.Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance);
}
