namespace SeqServe.Core.Batching.Plans;

/// <summary>How a model is batched and run, and the measurements that say why.</summary>
/// <param name="BatchSize">Rows beyond which a larger batch answers no more rows a second; 1 means that batching does not pay.</param>
/// <param name="BatchTokens">Padded tokens beyond which the same holds; null where long rows gain from as many neighbours as short ones.</param>
/// <param name="MaxPadding">Largest share of padding in a batch that leaves most of its gain.</param>
/// <param name="LatencyFromTokens">Padded tokens from which on a run that has the machine to itself goes to the latency session; null for never.</param>
/// <param name="Grid">Run times by rows, length and threads.</param>
public sealed record BatchPlan(int BatchSize, int? BatchTokens, double MaxPadding, int? LatencyFromTokens, IReadOnlyList<PlanPoint> Grid)
{
    // A row of a larger batch must be this much cheaper to be worth the longer wait. Sixteen rows, 9 to 12 % cheaper than eight by this grid, answered
    // 1 to 3 % more a second under load, and kept a second model's requests waiting longer.
    private const double MinGain = 1.15;

    // More threads take the CPU of others and wake up late: a lone run must be this much shorter on them.
    private const double MinGainOfThreads = 1.15;

    // Share of a batch that is padding, by each doubling of its rows: 64 clients with SST-2 sentences filled batches of 4, 8 and 16 near-length rows with
    // 3, 7 and 9 % of it.
    private const double PaddingPerDoubling = 0.022;

    // Of what batching saves, padding may eat a quarter. The smallest share lets a row of 25 tokens join one of 24.
    private const double PaddingShare = 0.25;
    private const double MinPadding = 0.02;

    // Far beyond what is measured.
    private const int MaxPoints = 1000;
    private const int MaxTokens = 1 << 22;

    /// <summary>Whether a measurement can have given it: its numbers are in their ranges, and a plan can be derived from its grid.</summary>
    internal bool IsSound =>
        BatchSize is >= 1 and <= PlanPoint.MaxRows
        && BatchTokens is null or (>= 1 and <= MaxTokens)
        && MaxPadding is >= 0 and < 1
        && LatencyFromTokens is null or (>= 1 and <= MaxTokens)
        && Grid is { Count: >= 1 and <= MaxPoints }
        && Grid.All(point => point.IsSound)
        && IsWhole(Grid);

    /// <summary>Derives the plan.</summary>
    /// <param name="grid">At least one point on one thread for each length.</param>
    /// <param name="maxPadding">Largest share of padding that batches may have; 0 where rows must be of equal length.</param>
    public static BatchPlan From(IReadOnlyList<PlanPoint> grid, double maxPadding)
    {
        var threads = grid.Min(p => p.Threads);
        var byLength = grid.Where(p => p.Threads == threads)
            .GroupBy(p => p.Length)
            .OrderBy(g => g.Key)
            .Select(g => g.OrderBy(p => p.Rows).ToList())
            .ToList();
        // Short texts gain most.
        var padding = Math.Min(maxPadding, Padding(byLength[0]));
        var sizes = byLength.ConvertAll(points => BestRows(points, padding));
        return new BatchPlan(sizes[0], Tokens(byLength, sizes), padding, LatencyFrom(grid, threads), grid);
    }

    // Each run on more threads is compared with the same one on few.
    private static bool IsWhole(IReadOnlyList<PlanPoint> grid)
    {
        var threads = grid.Min(p => p.Threads);
        var plain = grid.Where(p => p.Threads == threads).Select(p => (p.Rows, p.Length)).ToHashSet();
        return grid.All(p => plain.Contains((p.Rows, p.Length)));
    }

    // The smallest batch whose rows cost about as little as those of the best one, the padding that rows of unequal length will bring it counted.
    private static int BestRows(List<PlanPoint> points, double padding)
    {
        var best = points.Min(p => CostPerRow(p, padding));
        return points.First(p => CostPerRow(p, padding) <= best * MinGain).Rows;
    }

    private static double CostPerRow(PlanPoint point, double padding) =>
        point.TimePerRow.TotalSeconds / (1 - Math.Min(padding, PaddingPerDoubling * Math.Log2(point.Rows)));

    private static double Padding(List<PlanPoint> points)
    {
        var saved = 1 - (points.Min(p => p.TimePerRow) / points[0].TimePerRow);
        return Math.Max(MinPadding, PaddingShare * saved);
    }

    // Where the largest batch measured of the longest rows is still the best one, or as large as that of the shortest, no limit is known.
    private static int? Tokens(List<List<PlanPoint>> byLength, List<int> sizes) =>
        sizes[^1] >= sizes[0] || sizes[^1] == byLength[^1][^1].Rows ? null : byLength.Zip(sizes, (points, rows) => points[0].Length * rows).Max();

    // From the smallest run on beyond which all are enough shorter.
    private static int? LatencyFrom(IReadOnlyList<PlanPoint> grid, int threads)
    {
        int? from = null;
        foreach (var point in grid.Where(p => p.Threads > threads).OrderByDescending(p => p.Rows * p.Length))
        {
            var plain = grid.First(p => p.Threads == threads && p.Rows == point.Rows && p.Length == point.Length);
            if (plain.Time < point.Time * MinGainOfThreads)
                break;
            from = point.Rows * point.Length;
        }

        return from;
    }
}

/// <summary>One point of a model's grid.</summary>
/// <param name="Rows">Rows of the run.</param>
/// <param name="Length">Tokens of each row.</param>
/// <param name="Time">Shortest run seen.</param>
/// <param name="Threads">CPU threads of the run.</param>
public readonly record struct PlanPoint(int Rows, int Length, TimeSpan Time, int Threads = 1)
{
    /// <summary>What one row of the run cost.</summary>
    public TimeSpan TimePerRow => Time / Rows;

    internal const int MaxRows = 4096;

    private const int MaxLength = 1 << 16;
    private const int MaxThreads = 1024;
    private static readonly TimeSpan s_maxTime = TimeSpan.FromHours(1);

    internal bool IsSound =>
        Rows is >= 1 and <= MaxRows && Length is >= 1 and <= MaxLength && Threads is >= 1 and <= MaxThreads && Time > TimeSpan.Zero && Time <= s_maxTime;
}
