namespace SeqServe.UnitTests.Core.Decoding;

/// <summary>Pearson's test of counts against a distribution.</summary>
internal static class ChiSquare
{
    // 99.9 % of the standard normal distribution: seeds are fixed, so a test that passes once passes always.
    private const double Quantile = 3.0902;

    /// <summary>Sum of (observed - expected)² / expected.</summary>
    public static double Statistic(double[] counts, double[] probabilities)
    {
        var total = counts.Sum();
        return counts.Zip(probabilities, (count, probability) => Math.Pow(count - (total * probability), 2) / (total * probability)).Sum();
    }

    /// <summary>What the statistic exceeds in one of a thousand cases, by Wilson and Hilferty's approximation.</summary>
    public static double Critical(int degrees)
    {
        var share = 2.0 / (9 * degrees);
        return degrees * Math.Pow(1 - share + (Quantile * Math.Sqrt(share)), 3);
    }
}
