using SeqServe.Tokenizers.AddedTokens;
using SeqServe.Tokenizers.PostProcessors;
using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Pipeline;

/// <summary>Takes the spaces at a token's ends out of its offsets, as the reference's byte-level processors do.</summary>
internal sealed class OffsetTrimmer
{
    private const int Most = ushort.MaxValue;

    private readonly (ushort Leading, ushort Trailing)[] _spaces;

    /// <summary>Counts the spaces of all tokens.</summary>
    /// <param name="ids">One more than the highest id.</param>
    /// <param name="tokenOf">The token of an id.</param>
    public OffsetTrimmer(int ids, Func<int, string?> tokenOf)
    {
        _spaces = new (ushort, ushort)[ids];
        for (var id = 0; id < ids; id++)
        {
            if (tokenOf(id) is { } token)
                _spaces[id] = ((ushort)Math.Min(Most, AddedTokenFinder.CountSpaces(token)), (ushort)Math.Min(Most, AddedTokenFinder.CountSpacesAtEnd(token)));
        }
    }

    /// <summary>The trimmed offsets of a token.</summary>
    /// <param name="text">The client's text.</param>
    /// <param name="token">The token.</param>
    /// <param name="index">Its index in its sequence.</param>
    /// <param name="trim">How to trim.</param>
    /// <param name="part">Its offsets so far.</param>
    public TextRange Trim(ReadOnlySpan<char> text, in EncodedToken token, int index, OffsetTrim trim, TextRange part)
    {
        var (leading, trailing) = token.Leading >= 0 ? (token.Leading, token.Trailing)
            : (uint)token.Id < (uint)_spaces.Length ? ((int)_spaces[token.Id].Leading, (int)_spaces[token.Id].Trailing) : (0, 0);
        if (leading == 0 && trailing == 0)
            return part;
        var (start, end) = (part.Start, part.End);
        if (leading > 0)
        {
            var isFirst = (trim.IsFirst && index == 0) || start == 0;
            if (isFirst && trim.AddPrefixSpace && leading == 1)
                leading = 0;
            for (; leading > 0 && start < end; leading--)
                start += IsPair(text, start) ? 2 : 1;
        }

        if (trailing > 0 && HasBefore(text, end, trailing))
        {
            for (; trailing > 0 && end > start; trailing--)
                end -= end > 1 && IsPair(text, end - 2) ? 2 : 1;
        }

        return new TextRange(Math.Min(start, part.End), Math.Max(end, Math.Min(start, part.End)));
    }

    private static bool HasBefore(ReadOnlySpan<char> text, int end, int count)
    {
        for (; count > 0 && end > 0; count--)
            end -= end > 1 && IsPair(text, end - 2) ? 2 : 1;
        return count == 0;
    }

    private static bool IsPair(ReadOnlySpan<char> text, int at) => at + 1 < text.Length && char.IsHighSurrogate(text[at]) && char.IsLowSurrogate(text[at + 1]);
}
