namespace SeqServe.Core.Tasks.Classification;

/// <summary>Splits a text at white space and makes the variants with one word left out.</summary>
internal static class WordSpans
{
    public static List<Range> Split(string text)
    {
        var words = new List<Range>();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var inWord = i < text.Length && !char.IsWhiteSpace(text[i]);
            if (inWord && start < 0)
                start = i;
            if (!inWord && start >= 0)
            {
                words.Add(start..i);
                start = -1;
            }
        }

        return words;
    }

    public static string Without(string text, Range word)
    {
        var (start, length) = word.GetOffsetAndLength(text.Length);
        return text.Remove(start, length);
    }
}
