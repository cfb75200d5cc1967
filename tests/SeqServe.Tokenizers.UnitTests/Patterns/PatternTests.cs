using System.Diagnostics;
using SeqServe.Tokenizers.Patterns;

namespace SeqServe.Tokenizers.UnitTests.Patterns;

/// <summary>Regular expressions as Oniguruma matches them; the answers are the reference's.</summary>
public class PatternTests
{
    [Theory]
    [InlineData(@"\d+", "a12b3", "12|3")]
    [InlineData(@"a*", "baac", "|aa|")]
    [InlineData(@"(?i:'s|'LL)", "'S 'll 'ſ", "'S|'ll|'ſ")]
    [InlineData(@"(?i)é", "É", "É")]
    [InlineData(@"[^\s]+|\s+", "a  b", "a|  |b")]
    [InlineData(@"\s+(?!\S)|\s+", "a   b", "  | ")]
    [InlineData(@"(?<=a)b", "bab", "b")]
    [InlineData(@"(?<!a)b", "bab", "b")]
    [InlineData(@"(?>a+)ab", "aaab", "")]
    [InlineData(@"a++b", "aab", "aab")]
    [InlineData(@"(?:ab)+?", "abab", "ab|ab")]
    [InlineData(@"a{2}", "aaaaa", "aa|aa")]
    [InlineData(@"a{,2}b", "aaab", "aab")]
    [InlineData(@"a{x", "a{x", "a{x")]
    [InlineData(@"\p{L}{1,2}", "abc", "ab|c")]
    [InlineData(@"\p{^L}", "a1", "1")]
    [InlineData(@"\P{L}", "a1", "1")]
    [InlineData(@"[a-d&&[^b]]+", "abcd", "a|cd")]
    [InlineData(@"[[:punct:]]", "a$.", "$|.")]
    [InlineData(@"\p{Punct}", "a$.", ".")]
    [InlineData(@"\w", "²_a", "²|_|a")]
    [InlineData(@"[\w]", "²_a", "_|a")]
    [InlineData(@"[]a]", "]a", "]|a")]
    [InlineData(@"[a-]", "a-", "a|-")]
    [InlineData(@"\x{1F600}|\x41|\u00e9|\t", "😀Aé\t", "😀|A|é|\t")]
    [InlineData(@".", "a\n😀", "a|😀")]
    [InlineData(@"(?m:.)", "a\n", "a|\n")]
    [InlineData(@"^a", "a\na", "a|a")]
    [InlineData(@"a$", "a\na", "a|a")]
    [InlineData(@"\Aa|a\z", "aaa", "a|a")]
    [InlineData(@"\bx\b", "x xx x", "x|x")]
    [InlineData(@"\R", "\r\n\n", "\r\n|\n")]
    [InlineData(@"(?x: a b ) # c", "ab # c", "ab # c")]
    [InlineData(@"(?#c)a(?<n>b)", "ab", "ab")]
    [InlineData(@"\p{Han}+", "a中文b", "中文")]
    [InlineData(@"[一-龥]+", "a中文b", "中文")]
    [InlineData(@"(a|ab)(c|bcd)", "abcd", "abcd")]
    public void Next_Text_AsOniguruma(string pattern, string text, string matches) => Assert.Equal(matches, string.Join('|', Matches(pattern, text)));

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData(@"(a)\1")]
    [InlineData(@"\p{Nonsense}")]
    [InlineData(@"\p{L")]
    [InlineData("[z-a]")]
    [InlineData("(?<=a+)b")]
    [InlineData("(?P<n>a)")]
    [InlineData("a{2000}")]
    [InlineData(@"\")]
    [InlineData("(?:(?:(?:a{900}){900}){900})")]
    [InlineData("(?:(?:(?:){900}){900}){900}")]
    public void Pattern_ThatIsNoneOrNotSupported_IsRefused(string pattern) => Assert.Throws<InvalidDataException>(() => new Pattern(pattern));

    [Fact]
    public void Pattern_NestedOrLongWithoutEnd_IsRefused()
    {
        Assert.Throws<InvalidDataException>(() => new Pattern(new string('(', 5000)));
        Assert.Throws<InvalidDataException>(() => new Pattern(new string('[', 5000)));
        Assert.Throws<InvalidDataException>(() => new Pattern(new string('a', 20_000)));
    }

    [Theory]
    [InlineData("(a+)+b")]
    [InlineData("(a|a)*b")]
    [InlineData("(a|aa)+$b")]
    [InlineData("a+b")]
    [InlineData("(.*)*x")]
    public void Next_PatternThatBacktracksWithoutEnd_EndsSoon(string pattern)
    {
        var watch = Stopwatch.StartNew();

        Assert.Empty(Matches(pattern, new string('a', 20_000)));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
    }

    [Fact]
    public void Next_AtomicPartThatBacktracksWithoutEnd_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => Matches("(?>(a|a)*b)", new string('a', 200)));

    private static List<string> Matches(string pattern, string text)
    {
        var found = new List<string>();
        var matches = TextFinder.ForExpression(pattern).Start(text);
        while (matches.Next(out var start, out var end))
            found.Add(text[start..end]);
        matches.Dispose();
        return found;
    }
}
