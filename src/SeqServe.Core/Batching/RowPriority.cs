namespace SeqServe.Core.Batching;

/// <summary>Which rows go first. A class is a head start in the queue, not a right to pass for ever: what waits longer than the head start is overtaken no more.</summary>
public enum RowPriority
{
    /// <summary>Before everything that came less than <see cref="RowPriorities.NormalWait"/> earlier.</summary>
    High,

    /// <summary>In order of arrival.</summary>
    Normal,

    /// <summary>Behind everything that comes within <see cref="RowPriorities.LowWait"/>.</summary>
    Low,
}
