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
