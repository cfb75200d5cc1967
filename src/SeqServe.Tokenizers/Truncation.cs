namespace SeqServe.Tokenizers;

/// <summary>How many tokens of two texts are kept, as the reference has it.</summary>
internal static class Truncation
{
    /// <summary>The numbers of tokens to keep.</summary>
    /// <param name="first">Tokens of the text.</param>
    /// <param name="second">Tokens of the pair; null without one.</param>
    /// <param name="most">How many may be kept.</param>
    /// <param name="strategy">Which text loses tokens.</param>
    /// <exception cref="ArgumentException">The strategy leaves no way.</exception>
    public static (int First, int Second) Keep(int first, int? second, int most, TruncationStrategy strategy)
    {
        if (most == 0)
            return (0, 0);
        var other = second ?? 0;
        var remove = first + other - most;
        if (remove <= 0)
            return (first, other);
        switch (strategy)
        {
            case TruncationStrategy.LongestFirst when second is null:
                return (most, 0);
            case TruncationStrategy.LongestFirst:
                return KeepLongest(first, other, most);
            case TruncationStrategy.OnlySecond when second is null:
                throw new ArgumentException("The second text is to be cut, and there is none.");
            default:
                var target = strategy == TruncationStrategy.OnlyFirst ? first : other;
                if (target <= remove)
                    throw new ArgumentException("The text that is to be cut is too short: without it there are still too many tokens.");
                return strategy == TruncationStrategy.OnlyFirst ? (first - remove, other) : (first, other - remove);
        }
    }

    private static (int First, int Second) KeepLongest(int first, int second, int most)
    {
        var shorter = Math.Min(first, second);
        var longer = shorter > most ? shorter : Math.Max(shorter, most - shorter);
        if (shorter + longer > most)
        {
            shorter = most / 2;
            longer = shorter + (most % 2);
        }

        return first > second ? (longer, shorter) : (shorter, longer);
    }
}
