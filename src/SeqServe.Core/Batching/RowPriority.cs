namespace SeqServe.Core.Batching;

/// <summary>
/// Which rows go first. A class is a head start in the queue, not a right to pass for ever: a row that has waited longer than the head start is overtaken no
/// more.
/// </summary>
public enum RowPriority
{
    /// <summary>Before everything that came less than <see cref="RowPriorities.NormalWait"/> earlier.</summary>
    High,

    /// <summary>In order of arrival.</summary>
    Normal,

    /// <summary>Behind everything that comes within <see cref="RowPriorities.LowWait"/>.</summary>
    Low,
}

/// <summary>What the priority classes are worth.</summary>
public static class RowPriorities
{
    /// <summary>A high row overtakes normal rows that have waited less than this.</summary>
    public static readonly TimeSpan NormalWait = TimeSpan.FromSeconds(1);

    /// <summary>A high row overtakes low rows that have waited less than this, a normal row those that have waited less than the rest of it.</summary>
    public static readonly TimeSpan LowWait = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How much later than its arrival a row counts in the queue: ageing follows by itself, since rows keep their place on this one time line.
    /// </summary>
    internal static TimeSpan Handicap(RowPriority priority) => priority switch
    {
        RowPriority.High => TimeSpan.Zero,
        RowPriority.Low => LowWait,
        _ => NormalWait,
    };
}
