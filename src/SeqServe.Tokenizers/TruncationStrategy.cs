namespace SeqServe.Tokenizers;

/// <summary>Which of two texts loses tokens.</summary>
public enum TruncationStrategy
{
    /// <summary>The longer one, until both are as long; then both.</summary>
    LongestFirst,

    /// <summary>The text.</summary>
    OnlyFirst,

    /// <summary>The pair.</summary>
    OnlySecond,
}

/// <summary>Which end of a text loses tokens.</summary>
public enum TruncationSide
{
    /// <summary>The end.</summary>
    Right,

    /// <summary>The beginning.</summary>
    Left,
}
