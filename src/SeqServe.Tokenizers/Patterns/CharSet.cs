using System.Runtime.CompilerServices;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Patterns;

/// <summary>A set of code points.</summary>
internal sealed class CharSet
{
    private const int End = 0x110000;

    private readonly int[] _bounds;
    private readonly ulong _low;
    private readonly ulong _high;

    private CharSet(List<(int Start, int End)> ranges)
    {
        ranges.Sort();
        var bounds = new List<int>(ranges.Count * 2);
        foreach (var (start, end) in ranges)
        {
            if (start >= end)
                continue;
            if (bounds.Count > 0 && bounds[^1] >= start)
                bounds[^1] = Math.Max(bounds[^1], end);
            else
                bounds.AddRange([start, end]);
        }

        _bounds = [.. bounds];
        for (var c = 0; c < 64; c++)
        {
            _low |= Search(c) ? 1ul << c : 0;
            _high |= Search(c + 64) ? 1ul << c : 0;
        }
    }

    /// <summary>All code points.</summary>
    public static CharSet All { get; } = new([(0, End)]);

    /// <summary>All but the line feed.</summary>
    public static CharSet NotLineFeed { get; } = new([(0, '\n'), ('\n' + 1, End)]);

    /// <summary>Whether it holds one code point only, and which.</summary>
    public int Single => _bounds.Length == 2 && _bounds[1] == _bounds[0] + 1 ? _bounds[0] : -1;

    /// <summary>A set of ranges.</summary>
    public static CharSet Of(params IEnumerable<(int Start, int End)> ranges) => new([.. ranges]);

    /// <summary>One code point.</summary>
    public static CharSet Of(int codePoint) => new([(codePoint, codePoint + 1)]);

    /// <summary>Some of Oniguruma's sets together.</summary>
    public static CharSet Of(params IEnumerable<UnicodeSet> sets)
    {
        var ranges = new List<(int, int)>();
        foreach (var set in sets)
            ranges.AddRange(UnicodeData.RangesOf(set));
        return new CharSet(ranges);
    }

    /// <summary>What is in any of the sets.</summary>
    public static CharSet Union(IEnumerable<CharSet> sets) => new([.. sets.SelectMany(s => s.Ranges())]);

    /// <summary>What is not in it.</summary>
    public CharSet Invert()
    {
        var ranges = new List<(int, int)>();
        var at = 0;
        foreach (var (start, end) in Ranges())
        {
            ranges.Add((at, start));
            at = end;
        }

        ranges.Add((at, End));
        return new CharSet(ranges);
    }

    /// <summary>What is in both.</summary>
    public CharSet Intersect(CharSet other) => Union([Invert(), other.Invert()]).Invert();

    /// <summary>With all that differs from what is in it by case only.</summary>
    public CharSet IgnoreCase()
    {
        var folded = new HashSet<int>();
        foreach (var (c, to) in UnicodeData.Folds)
        {
            if (Contains(c))
                folded.Add(to);
            if (Contains(to))
                folded.Add(to);
        }

        var ranges = Ranges().ToList();
        foreach (var c in folded)
            ranges.Add((c, c + 1));
        foreach (var (c, to) in UnicodeData.Folds)
        {
            if (folded.Contains(to))
                ranges.Add((c, c + 1));
        }

        return new CharSet(ranges);
    }

    /// <summary>Whether a code point is in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int codePoint)
    {
        if (codePoint < 128)
            return ((codePoint < 64 ? _low >> codePoint : _high >> (codePoint - 64)) & 1) != 0;
        return Search(codePoint);
    }

    private IEnumerable<(int Start, int End)> Ranges()
    {
        for (var i = 0; i < _bounds.Length; i += 2)
            yield return (_bounds[i], _bounds[i + 1]);
    }

    private bool Search(int codePoint)
    {
        var found = Array.BinarySearch(_bounds, codePoint);
        return found >= 0 ? (found & 1) == 0 : (~found & 1) != 0;
    }
}
