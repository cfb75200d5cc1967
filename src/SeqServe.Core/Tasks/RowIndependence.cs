using SeqServe.Core.Backends;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Tasks;

/// <summary>What a row's answer was found to depend on, from nothing to everything.</summary>
public enum RowIndependence
{
    /// <summary>On the row alone: rows of any length may share a batch.</summary>
    Full,

    /// <summary>On the padding behind the row too: only rows of equal length may share a batch.</summary>
    EqualLengths,

    /// <summary>On the other rows of the batch too: every row is run alone.</summary>
    None,
}

/// <summary>
/// Finds out at load whether a graph may be batched: runs rows alone, padded, and among neighbours, and compares. Masks that forget the padding and
/// quantization scales taken over a whole batch are found here instead of in answers that change with the traffic.
/// </summary>
internal static class RowIndependenceProbe
{
    private const int Padding = 9;

    // The same ids at every load, spread over the vocabulary by the golden ratio.
    private const uint Spread = 2_654_435_769;

    private static readonly int[] s_lengths = [1, 6, 23];

    /// <summary>Probes a graph; some ten small runs.</summary>
    /// <param name="firstRow">Runs a batch and gives what was computed for its first row.</param>
    /// <param name="vocabularySize">Ids to draw from.</param>
    /// <param name="minTokens">Fewest tokens of a row.</param>
    /// <param name="maxTokens">Most tokens of a row.</param>
    /// <param name="padId">The id that fills the tail of shorter rows.</param>
    /// <param name="tolerance">Most that two numbers may differ to agree.</param>
    /// <exception cref="BackendException">A run failed.</exception>
    public static RowIndependence Measure(
        Func<PaddedBatch, float[]> firstRow, int vocabularySize, int minTokens, int maxTokens, int padId, float tolerance = Tolerances.Full)
    {
        int[] Row(int seed, int count) => [.. Enumerable.Range(1, count).Select(i => (int)((uint)((seed * 977) + i) * Spread % (uint)vocabularySize))];
        float[] Run(int time, params int[][] rows)
        {
            using var batch = PaddedBatch.Of(rows.Length, rows, static (rows, i) => rows[i], padId, time);
            return firstRow(batch);
        }

        var result = RowIndependence.Full;
        foreach (var length in s_lengths.Select(l => Math.Clamp(l, minTokens, maxTokens)).Distinct())
        {
            var row = Row(0, length);
            var longer = Math.Min(length + Padding, maxTokens);
            var alone = Run(length, row);
            if (!Agrees(alone, Run(length, row, Row(1, length), Row(2, length)), tolerance))
                return RowIndependence.None;
            if (!Agrees(alone, Run(longer, row), tolerance) || !Agrees(alone, Run(longer, row, Row(3, longer)), tolerance))
                result = RowIndependence.EqualLengths;
        }

        return result;
    }

    /// <summary>The limits of the batches of a graph.</summary>
    /// <param name="limits">The manifest's.</param>
    /// <param name="independence">What a probe has found.</param>
    public static BatchLimits Apply(this BatchLimits limits, RowIndependence independence) => independence switch
    {
        RowIndependence.Full => limits,
        RowIndependence.EqualLengths => limits with { MaxPadding = 0 },
        _ => limits with { MaxBatchSize = 1 },
    };

    /// <summary>Whether a row was computed alike in two batches. A value that is not finite agrees with nothing.</summary>
    public static bool Agrees(float[] expected, float[] actual, float tolerance) =>
        expected.Length == actual.Length && expected.Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) <= tolerance);
}
