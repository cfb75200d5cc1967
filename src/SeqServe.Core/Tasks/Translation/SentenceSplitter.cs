using System.Buffers;
using System.Text;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>
/// Cuts a text into what is translated in one piece and what is kept as it is: white space, line breaks, pieces without a letter. Joined, the segments are the text.
/// The rules are those of the languages on the shelf: a full stop ends a sentence when white space and no small letter follows and the word before is no abbreviation;
/// the full stops of Chinese and Japanese end one always.
/// </summary>
internal static class SentenceSplitter
{
    private static readonly SearchValues<char> s_lineBreaks = SearchValues.Create("\n\r\v\f\u0085\u2028\u2029");
    private static readonly SearchValues<char> s_ends = SearchValues.Create(".!?\u2026\u3002\uFF01\uFF1F\uFF61");
    private static readonly SearchValues<char> s_wideEnds = SearchValues.Create("\u3002\uFF01\uFF1F\uFF61");
    private static readonly SearchValues<char> s_closing = SearchValues.Create("\"')]}\u00BB\u2019\u201D\u300D\u300F\uFF09");

    // The titles and short forms that a name or a number follows, in English, French and German.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_abbreviations = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "ste", "mt", "jr", "sr", "vs", "no", "nos", "vol", "pp", "fig", "gen", "col", "sgt", "capt", "lt", "rev", "hon", "gov", "sen", "rep",
        "approx", "dept", "est", "inc", "ltd", "co", "corp", "mm", "mme", "mlle", "me", "mgr", "art", "chap", "env", "hr", "fr", "nr", "str", "bzw", "ca", "evtl", "ggf", "vgl", "usw",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec", "dez",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Cuts at line breaks.</summary>
    public static void Lines(string text, List<TextSegment> segments)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = text.AsSpan(start).IndexOfAny(s_lineBreaks);
            var end = length < 0 ? text.Length : start + length;
            Trimmed(text, start, end, segments);
            start = end;
            while (end < text.Length && s_lineBreaks.Contains(text[end]))
                end++;
            Add(text, start, end, segments);
            start = end;
        }
    }

    /// <summary>Cuts a line at the ends of its sentences.</summary>
    public static void Sentences(string line, List<TextSegment> segments)
    {
        var start = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (!s_ends.Contains(line[i]))
                continue;
            var end = EndOfMarks(line, i);
            if (IsSentenceEnd(line, start, i, end))
            {
                Trimmed(line, start, end, segments);
                start = end;
            }

            i = end - 1;
        }

        Trimmed(line, start, line.Length, segments);
    }

    private static int EndOfMarks(string line, int mark)
    {
        var end = mark + 1;
        while (end < line.Length && (s_ends.Contains(line[end]) || s_closing.Contains(line[end])))
            end++;
        return end;
    }

    private static bool IsSentenceEnd(string line, int start, int mark, int end)
    {
        if (end == line.Length || line.AsSpan(mark, end - mark).ContainsAny(s_wideEnds))
            return true;
        if (!char.IsWhiteSpace(line[end]))
            return false;
        var next = end;
        while (next < line.Length && char.IsWhiteSpace(line[next]))
            next++;
        return next == line.Length || (!char.IsLower(line[next]) && !(line[mark] == '.' && end == mark + 1 && IsAbbreviation(line.AsSpan(start, mark - start))));
    }

    // "Mr.", "J.", "e.g.", "z.B.", "3." in front of a word (an ordinal in German, a heading in a list).
    private static bool IsAbbreviation(ReadOnlySpan<char> before)
    {
        var word = before[(LastSpace(before) + 1)..].TrimStart("([{\"'\u00AB\u201C\u201E");
        var afterDot = word[(word.LastIndexOf('.') + 1)..];
        return afterDot.Length == 1 && (char.IsLetter(afterDot[0]) || word.Length == 1) || s_abbreviations.Contains(word);
    }

    private static int LastSpace(ReadOnlySpan<char> text)
    {
        var i = text.Length - 1;
        while (i >= 0 && !char.IsWhiteSpace(text[i]))
            i--;
        return i;
    }

    private static void Trimmed(string text, int start, int end, List<TextSegment> segments)
    {
        var from = start;
        while (from < end && char.IsWhiteSpace(text[from]))
            from++;
        var to = end;
        while (to > from && char.IsWhiteSpace(text[to - 1]))
            to--;
        Add(text, start, from, segments);
        Add(text, from, to, segments);
        Add(text, to, end, segments);
    }

    private static void Add(string text, int start, int end, List<TextSegment> segments)
    {
        if (end > start)
            segments.Add(new TextSegment(text[start..end], HasLetter(text.AsSpan(start, end - start))));
    }

    private static bool HasLetter(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetter(rune))
                return true;
        }

        return false;
    }
}
