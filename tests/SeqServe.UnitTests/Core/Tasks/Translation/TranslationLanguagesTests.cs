using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.UnitTests.Core.Tasks.Translation;

public class TranslationLanguagesTests
{
    private static readonly Dictionary<string, string> s_tokens = new() { ["en"] = "eng_Latn", ["fr"] = "fra_Latn", ["zh-hans"] = "zho_Hans" };
    private static readonly TranslationLanguages s_many = new(new LanguagePair("en", "fr"), s_tokens);
    private static readonly TranslationLanguages s_one = new(new LanguagePair("en", "fr"), new Dictionary<string, string>());

    [Theory]
    [InlineData(null, null, "en", "fr")]
    [InlineData("fr", "en", "fr", "en")]
    [InlineData("EN", "zh-Hans", "en", "zh-hans")]
    [InlineData("eng_Latn", "zho_Hans", "en", "zh-hans")]
    [InlineData("en-GB", null, "en", "fr")]
    [InlineData(null, "zh-hans", "en", "zh-hans")]
    public void Find_LanguagesOfAModelOfMany_AreKnownByCodeTokenOrWithoutRegion(string? source, string? target, string from, string to) =>
        Assert.Equal(new LanguagePair(from, to), s_many.Find(source, target));

    [Theory]
    [InlineData("de", "fr")]
    [InlineData("en", "de")]
    [InlineData("fr", null)]
    [InlineData("en", "en")]
    [InlineData("", "fr")]
    public void Find_LanguagesThatItHasNot_AreNone(string? source, string? target) => Assert.Null(s_many.Find(source, target));

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("en", "FR", true)]
    [InlineData("fr", null, false)]
    [InlineData(null, "en", false)]
    public void Find_OnePair_FitsItself(string? source, string? target, bool fits) => Assert.Equal(fits, s_one.Find(source, target) is not null);

    [Fact]
    public void Find_NothingOfAModelWithoutADefault_IsNone() =>
        Assert.Null(new TranslationLanguages(null, s_tokens).Find("en", null));

    [Fact]
    public void Pairs_OfMany_AreAllThatDiffer()
    {
        Assert.Equal(6, s_many.Pairs.Count());
        Assert.DoesNotContain(s_many.Pairs, pair => pair.Source == pair.Target);
        Assert.Equal([new LanguagePair("en", "fr")], s_one.Pairs);
        Assert.True(new TranslationLanguages(null, new Dictionary<string, string>()).IsNone);
    }
}
