using System.Buffers;
using System.Text;
using Words = System.Collections.Generic.HashSet<string>.AlternateLookup<System.ReadOnlySpan<char>>;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>
/// Cuts a text into what is translated in one piece and what is kept as it is: white space, line breaks, pieces without a letter. Joined, the segments are the
/// text. The rules are those of the languages of the shipped models: a full stop ends a sentence when white space and no small letter follows and the word
/// before is no abbreviation; the full stops of Chinese and Japanese always end one.
/// </summary>
internal static class SentenceSplitter
{
    private static readonly SearchValues<char> s_lineBreaks = SearchValues.Create("\n\r\v\f\u0085\u2028\u2029");
    private static readonly SearchValues<char> s_ends = SearchValues.Create(".!?\u2026\u3002\uFF01\uFF1F\uFF61");
    private static readonly SearchValues<char> s_wideEnds = SearchValues.Create("\u3002\uFF01\uFF1F\uFF61");
    private static readonly SearchValues<char> s_closing = SearchValues.Create("\"')]}\u00BB\u2019\u201D\u300D\u300F\uFF09");

    // Short forms of English, French and German that are nothing else, whatever their case.
    private static readonly Words s_abbreviations = NewWords(
        "mr", "mrs", "ms", "dr", "prof", "ste", "jr", "sr", "vs", "pp", "sgt", "capt", "lt", "gov", "approx", "dept", "inc", "ltd", "corp", "mme", "mlle",
        "mgr",
        "hr", "fr", "nr", "str", "bzw", "evtl", "ggf", "vgl", "usw", "jan", "feb", "apr", "jun", "jul", "aug", "oct", "okt", "nov", "dec", "dez");

    // Titles, which begin with a capital letter; some are words without one (col, hon, rev, st).
    private static readonly Words s_titles = NewWords("st", "mt", "gen", "col", "rev", "hon", "sen", "rep", "mm");

    // Words of these languages too ("no", "me", "est", "art", "sept"): short forms where a number follows, or with a capital letter inside of a sentence.
    private static readonly Words s_wordsToo = NewWords("no", "nos", "vol", "fig", "est", "co", "me", "art", "chap", "env", "ca", "mar", "sep", "sept");

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
        return next == line.Length
            || (!char.IsLower(line[next]) && !(line[mark] == '.' && end == mark + 1 && IsAbbreviation(line.AsSpan(start, mark - start), line[next])));
    }

    // "Mr.", "J.", "e.g.", "z.B.", "3." in front of a word (an ordinal in German, a heading in a list).
    private static bool IsAbbreviation(ReadOnlySpan<char> before, char next)
    {
        var wordAt = LastSpace(before) + 1;
        var word = before[wordAt..].TrimStart("([{\"'\u00AB\u201C\u201E");
        var afterDot = word[(word.LastIndexOf('.') + 1)..];
        if (afterDot.Length == 1 && (char.IsLetter(afterDot[0]) || word.Length == 1))
            return true;
        if (word.IsEmpty)
            return false;
        var isCapitalized = char.IsUpper(word[0]);
        var isFirst = before[..wordAt].Trim().IsEmpty;
        return s_abbreviations.Contains(word)
            || (isCapitalized && s_titles.Contains(word))
            || ((char.IsDigit(next) || (isCapitalized && !isFirst)) && s_wordsToo.Contains(word));
    }

    private static Words NewWords(params string[] words) =>
        new HashSet<string>(words, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

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
