using System.Net.Http.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.LibreTranslate;

[Collection(ShippedSuite.Name)]
public sealed class LanguageDetectionTests(ShippedServer server)
{
    [Theory]
    [InlineData("Where is the nearest station, please?", "en")]
    [InlineData("Où est la gare la plus proche, s'il vous plaît ?", "fr")]
    [InlineData("Wo ist bitte der nächste Bahnhof?", "de")]
    [InlineData("请问最近的火车站在哪里？", "zh")]
    public async Task Detect_ASentence_FindsItsLanguage(string text, string language)
    {
        using var client = server.CreateClient();

        var answer = await client.PostAsJsonAsync("/detect", new { q = text }).ReadAsync();

        var best = answer.EnumerateArray().First();
        Assert.Equal(language, best.GetProperty("language").GetString());
        Assert.InRange(best.GetProperty("confidence").GetDouble(), 50, 100);
    }
}
