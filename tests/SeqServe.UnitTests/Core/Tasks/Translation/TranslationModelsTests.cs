using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Translation;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks.Translation;

public class TranslationModelsTests
{
    [Theory]
    [InlineData(null, null, null, "en-fr-a")]
    [InlineData(null, "en", "fr", "en-fr-a")]
    [InlineData(null, "EN", "Fr", "en-fr-a")]
    [InlineData(null, "fr", null, "fr-en-a")]
    [InlineData(null, null, "de", "en-de-a")]
    [InlineData("en-fr-b", null, null, "en-fr-b")]
    [InlineData("en-fr-b", "en", "fr", "en-fr-b")]
    public async Task TranslateAsync_ModelOrPair_PicksTheModel(string? model, string? source, string? target, string expected)
    {
        using var bench = Bench();

        var answer = await bench.Translate(new TranslationRequest(["film"]) { Model = model, Source = source, Target = target });

        Assert.Equal(expected, answer.Model);
    }

    [Fact]
    public void Start_UnknownPair_ListsThePairsThereAre()
    {
        using var bench = Bench();

        var refused = Assert.Throws<ServingException>(
            () => bench.Translator.Start(new TranslationRequest(["film"]) { Source = "en", Target = "tlh" }, bench.Observed, false, default));

        Assert.Equal(ServingErrorCode.ModelNotFound, refused.Code);
        Assert.Equal("No model translates \"en\" → \"tlh\"; there are en → de, en → fr, fr → en.", refused.Message);
    }

    [Theory]
    [InlineData("fr", "fr", "source")]
    [InlineData("en", "de", "target")]
    public void Start_ModelOfAnotherPair_IsRefused(string source, string target, string field)
    {
        using var bench = Bench();

        var refused = Assert.Throws<ServingException>(() => bench.Translator.Start(
            new TranslationRequest(["film"]) { Model = "en-fr-a", Source = source, Target = target }, bench.Observed, false, default));

        Assert.Equal([field], refused.FieldErrors!.Keys);
    }

    private static TranslatorBench Bench() => new(more: repository =>
    {
        repository.AddFakeTranslator("en-fr-b");
        repository.AddFakeTranslator("fr-en-a", "fr", "en");
        repository.AddFakeTranslator("en-de-a", "en", "de");
    });
}
