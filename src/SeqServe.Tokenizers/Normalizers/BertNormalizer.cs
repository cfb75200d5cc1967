using System.Buffers;
using System.Text;
using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>BERT's normalizer: cleans, puts spaces around Chinese characters, strips accents, lowers.</summary>
internal sealed class BertNormalizer : Normalizer
{
    private static readonly SearchValues<char> s_asciiControls = SearchValues.Create([.. Enumerable.Range(0, 32).Append(127).Select(c => (char)c)]);
    private static readonly Lowercase s_lowercase = new();
    private static readonly UnicodeForm s_decompose = new(compose: false, compatible: false);

    private readonly bool _clean;
    private readonly bool _chinese;
    private readonly bool _strip;
    private readonly bool _lower;
    private readonly char[]?[] _pages = new char[256][];

    /// <summary>Makes a normalizer.</summary>
    /// <param name="cleanText">Whether control characters go and whitespace becomes a space.</param>
    /// <param name="handleChineseChars">Whether Chinese characters get spaces around them.</param>
    /// <param name="stripAccents">Whether accents go; null: where the text is lowered.</param>
    /// <param name="lowercase">Whether the text is lowered.</param>
    public BertNormalizer(bool cleanText, bool handleChineseChars, bool? stripAccents, bool lowercase)
    {
        _clean = cleanText;
        _chinese = handleChineseChars;
        _strip = stripAccents ?? lowercase;
        _lower = lowercase;
    }

    /// <inheritdoc/>
    public override void Apply(NormalizedText text)
    {
        if (text.IsAscii && !(_clean && text.Span.ContainsAny(s_asciiControls)))
        {
            if (_lower)
                Ascii.ToLowerInPlace(text.Span, out _);
            return;
        }

        if (!TryInPlace(text.Span))
            ApplyStepByStep(text);
        text.Changed();
    }

    // Most texts change character by character without moving: no alignments are needed for them.
    private bool TryInPlace(Span<char> span)
    {
        for (var i = 0; i < span.Length; i++)
        {
            var c = span[i];
            if (char.IsHighSurrogate(c))
            {
                if (!Stays(Surrogates.Read(span, i, out _)))
                    return false;
                i++;
                continue;
            }

            var to = (_pages[c >> 8] ?? FillPage(c >> 8))[c & 255];
            if (to == '\0')
                return false;
            span[i] = to;
        }

        return true;
    }

    private char[] FillPage(int page)
    {
        var to = new char[256];
        for (var i = 0; i < to.Length; i++)
        {
            var one = Single((page << 8) | i);
            // A text is worked on again from the start where a later character moves: what was changed must then stay as it is.
            to[i] = one > 0 && Single(one) == one ? (char)one : '\0';
        }

        return _pages[page] = to;
    }

    // What a character becomes where that is one character of the basic plane; else 0.
    private int Single(int c)
    {
        if (char.IsSurrogate((char)c))
            return 0;
        if (_clean)
        {
            if (c is 0 or 0xFFFD || UnicodeData.Is(c, CharFlags.BertRemoved))
                return 0;
            if (UnicodeData.Is(c, CharFlags.Whitespace))
                return ' ';
        }

        if (_chinese && IsChinese(c))
            return 0;
        if (_strip && UnicodeData.Is(c, CharFlags.NfdChanges | CharFlags.MarkNonspacing))
        {
            if (UnicodeData.CombiningRank(c) > 0 || UnicodeData.Is(c, CharFlags.MarkNonspacing) || UnicodeData.DecompositionOf(c, false) is not { } parts)
                return 0;
            for (var k = 1; k < parts.Length; k++)
            {
                if (!UnicodeData.Is(parts[k], CharFlags.MarkNonspacing))
                    return 0;
            }

            c = parts[0];
            if (UnicodeData.Is(c, CharFlags.MarkNonspacing))
                return 0;
        }

        if (_lower && UnicodeData.LowerOf(c) is { } lower)
            c = lower.Length == 1 ? lower[0] : 0;
        return c > 0xFFFF ? 0 : c;
    }

    private bool Stays(int c)
    {
        var changes = CharFlags.None;
        if (_clean)
            changes |= CharFlags.BertRemoved;
        if (_strip)
            changes |= CharFlags.NfdChanges | CharFlags.MarkNonspacing;
        if (_lower)
            changes |= CharFlags.HasLower;
        return !UnicodeData.Is(c, changes) && !(_chinese && IsChinese(c));
    }

    private void ApplyStepByStep(NormalizedText text)
    {
        if (_clean)
            Clean(text);
        if (_chinese)
            SpaceChinese(text);
        if (_strip)
        {
            text.Changed();
            s_decompose.Apply(text);
            TextScan.Remove(text, CharFlags.MarkNonspacing);
        }

        if (_lower)
            s_lowercase.Apply(text);
    }

    private static void Clean(NormalizedText text)
    {
        TextScan.Remove(text, CharFlags.BertRemoved, alsoReplacementCharacter: true);
        foreach (ref var c in text.Span)
        {
            if (UnicodeData.Is(c, CharFlags.Whitespace))
                c = ' ';
        }
    }

    private static void SpaceChinese(NormalizedText text)
    {
        var span = text.Span;
        var kept = 0;
        var found = false;
        for (var i = 0; i < span.Length;)
        {
            var c = Surrogates.Read(span, i, out var length);
            if (IsChinese(c))
            {
                if (!found)
                    text.Begin(span.Length * 2);
                found = true;
                if (kept < i)
                    text.Copy(kept, i);
                var part = text.PartOf(i);
                text.Write(' ', part);
                text.WriteCodePoint(c, part);
                text.Write(' ', part);
                kept = i + length;
            }

            i += length;
        }

        if (!found)
            return;
        text.Copy(kept, span.Length);
        text.Finish();
    }

    private static bool IsChinese(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
