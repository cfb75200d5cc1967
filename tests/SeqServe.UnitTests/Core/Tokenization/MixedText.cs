namespace SeqServe.UnitTests.Core.Tokenization;

/// <summary>Makes texts for property tests of what goes wrong in text: spaces of all kinds, controls, composition, halves of pairs, bytes.</summary>
internal static class MixedText
{
    private static readonly string[] s_parts =
    [
        "a", "B", "film", "The ", "ing", "not ", "e\u0301", "É", "ß", "İ", "ﬁ", "Ａ", "Å", "ｶﾞ", "漢", "字", "🙂", "👩\u200D💻",
        " ", "  ", "\t", "\r\n", "\u00A0", "\u3000", "\u2028", "\u0001", "\u0085", "\uD800", "\uDC00", "\uFFFE", "\uFEFF",
        "!", "!!!", "...", "\u2581", "½", "²", "<s>", "<0x41>", "abcdefghijklmnopqrstuvwxyz",
    ];

    /// <summary>The text that a list of numbers encodes.</summary>
    public static string From(IEnumerable<int> picks) =>
        string.Concat(picks.Select(pick => s_parts[(int)((uint)pick % (uint)s_parts.Length)]));
}
