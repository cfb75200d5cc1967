namespace SeqServe.Core.Models.Plans;

/// <summary>How a model is batched, and the measurements that say why.</summary>
/// <param name="BatchSize">Rows beyond which a larger batch answers no more rows a second; 1 means that batching does not pay.</param>
/// <param name="Grid">Run times by rows and length.</param>
public sealed record BatchPlan(int BatchSize, IReadOnlyList<PlanPoint> Grid)
{
    // A row of a larger batch must be this much cheaper to be worth the longer wait; smaller differences are within the spread of the measurement.
    private const double WorthIt = 1.05;

    // Share of a batch that is padding, by each doubling of its rows: 64 clients with SST-2 sentences filled batches of 4, 8 and 16 near-length rows with
    // 3, 7 and 9 % of it.
    private const double PaddingPerDoubling = 0.022;

    /// <summary>
    /// Chooses the smallest batch whose rows cost about as little as those of the best one, the padding that rows of unequal length will bring it counted,
    /// at the shortest length of the grid: short texts gain most.
    /// </summary>
    /// <param name="grid">At least one point.</param>
    /// <param name="maxPadding">Largest share of padding that batches may have; 0 where rows must be of equal length.</param>
    public static BatchPlan From(IReadOnlyList<PlanPoint> grid, double maxPadding)
    {
        var shortest = grid.Min(p => p.Length);
        var points = grid.Where(p => p.Length == shortest).OrderBy(p => p.Rows).ToList();
        var best = points.Min(p => CostPerRow(p, maxPadding));
        return new BatchPlan(points.First(p => CostPerRow(p, maxPadding) <= best * WorthIt).Rows, grid);
    }

    private static double CostPerRow(PlanPoint point, double maxPadding) =>
        point.TimePerRow.TotalSeconds / (1 - Math.Min(maxPadding, PaddingPerDoubling * Math.Log2(point.Rows)));
}
