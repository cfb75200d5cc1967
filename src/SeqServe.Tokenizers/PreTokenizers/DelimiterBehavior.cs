namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>What becomes of what a text is split at; "the-final--countdown" split at "-" as an example.</summary>
internal enum DelimiterBehavior
{
    /// <summary>the, final, countdown</summary>
    Removed,

    /// <summary>the, -, final, -, -, countdown</summary>
    Isolated,

    /// <summary>the-, final-, -, countdown</summary>
    MergedWithPrevious,

    /// <summary>the, -final, -, -countdown</summary>
    MergedWithNext,

    /// <summary>the, -, final, --, countdown</summary>
    Contiguous,
}
