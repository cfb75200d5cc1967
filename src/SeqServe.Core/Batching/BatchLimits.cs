namespace SeqServe.Core.Batching;

/// <summary>What a batch and its queue may hold.</summary>
public sealed record BatchLimits
{
    /// <summary>The default of <see cref="MaxQueueWait"/> for models that generate.</summary>
    public static readonly TimeSpan GeneratingQueueWait = TimeSpan.FromSeconds(10);

    /// <summary>Most rows in a batch.</summary>
    /// <value>Default 32. At least 1.</value>
    public int MaxBatchSize { get; init; } = 32;

    /// <summary>Most padded tokens in a batch: rows × longest row.</summary>
    /// <value>Default 4096. A single row is taken even when it is longer.</value>
    public int MaxBatchTokens { get; init; } = 4096;

    /// <summary>Largest share of padding among the computed tokens of a batch.</summary>
    /// <value>
    /// Default 0.1: on CPU a padded token costs as much as a useful one, and batches of four near-length rows already give the whole gain. 0 where rows must be
    /// of equal length.
    /// </value>
    public double MaxPadding { get; init; } = 0.1;

    /// <summary>Share of padding beyond which a batch would lose too much of its gain.</summary>
    /// <value>Default null: measured after loading; <see cref="MaxPadding"/> bounds it.</value>
    public double? PreferredPadding { get; init; }

    /// <summary>Padded tokens beyond which a larger batch answers no more rows a second.</summary>
    /// <value>Default null: measured after loading; <see cref="MaxBatchTokens"/> where that finds none. At least 1.</value>
    public int? PreferredBatchTokens { get; init; }

    /// <summary>How long a row may wait for other rows while a thread is free, counted from the oldest row.</summary>
    /// <value>Default zero: a free thread starts at once with what is there.</value>
    public TimeSpan MaxQueueDelay { get; init; }

    /// <summary>Most rows that may wait.</summary>
    /// <value>Default 1024. At least 1.</value>
    public int QueueCapacity { get; init; } = 1024;

    /// <summary>Most tokens that may wait.</summary>
    /// <value>Default 131,072. At least the model's longest input.</value>
    public int QueueCapacityTokens { get; init; } = 131_072;

    /// <summary>Longest predicted wait at which further rows are still taken; a row that would wait longer is refused. A free queue takes any row.</summary>
    /// <value>
    /// Default null: what <see cref="QueueAdmission.Batches"/> full batches take, in 0.1–2 s. A longer queue answers no more rows a second, it only makes
    /// each wait longer.
    /// </value>
    public TimeSpan? MaxQueueWait { get; init; }

    /// <summary>Rows beyond which a larger batch answers no more rows a second and only makes each wait longer.</summary>
    /// <value>Default null: measured after loading. At least 1.</value>
    public int? PreferredBatchSize { get; init; }

    /// <summary>The share of padding that a batch may have now.</summary>
    public double Padding => Math.Min(MaxPadding, PreferredPadding ?? MaxPadding);

    /// <summary>The padded tokens that a batch of several rows may have now.</summary>
    public int Tokens => Math.Min(MaxBatchTokens, PreferredBatchTokens ?? MaxBatchTokens);
}
