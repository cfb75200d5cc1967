namespace SeqServe.Core.Models.Plans;

/// <summary>How a model is batched, and the measurements that say why.</summary>
/// <param name="BatchSize">Rows beyond which a larger batch answers no more rows a second; 1 means that batching does not pay.</param>
/// <param name="Grid">Run times by rows and length.</param>
public sealed record BatchPlan(int BatchSize, IReadOnlyList<PlanPoint> Grid)
{
    // A row of a larger batch must be this much cheaper to be worth the longer wait; smaller differences are within the spread of the measurement.
    private const double WorthIt = 1.05;

    /// <summary>Chooses the smallest batch whose rows cost about as little as those of the best one, at the shortest length of the grid: short texts gain most.</summary>
    /// <param name="grid">At least one point.</param>
    public static BatchPlan From(IReadOnlyList<PlanPoint> grid)
    {
        var shortest = grid.Min(p => p.Length);
        var points = grid.Where(p => p.Length == shortest).OrderBy(p => p.Rows).ToList();
        var best = points.Min(p => p.TimePerRow);
        return new BatchPlan(points.First(p => p.TimePerRow <= best * WorthIt).Rows, grid);
    }
}
