using System.Net.Http.Json;
using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

public sealed class TranslateTests(TranslateServerFixture server) : IClassFixture<TranslateServerFixture>
{
    public const string Path = "/v1/translate";

    [Fact]
    public async Task Translate_OneText_AnswersEveryFieldOfTheContract()
    {
        var answer = await TranslateAsync(new { inputs = "a fine film" });

        Assert.Equal(["model", "version", "source", "target", "results", "usage", "timings"], Fields(answer));
        Assert.Equal(
            ("en-fr-a", 1, "en", "fr"),
            (answer.GetProperty("model").GetString(), answer.GetProperty("version").GetInt32(),
                answer.GetProperty("source").GetString(), answer.GetProperty("target").GetString()));
        var result = Assert.Single(answer.Results());
        Assert.Equal(["translation", "score", "finish_reason"], Fields(result));
        Assert.Equal("a fine film", Translation(result));
        Assert.Equal("eos", result.GetProperty("finish_reason").GetString());
        Assert.Equal(["input_tokens", "output_tokens"], Fields(answer.GetProperty("usage")));
        Assert.True(answer.GetProperty("timings").GetProperty("compute_ms").GetDouble() > 0);
    }

    [Fact]
    public async Task Translate_Array_KeepsTheOrder()
    {
        string[] texts = ["one", "two words\n\nand a line", "3", "four"];

        var answer = await TranslateAsync(new { inputs = texts });

        Assert.Equal(texts, answer.Results().Select(Translation));
    }

    [Fact]
    public async Task Translate_Pair_PicksItsModel()
    {
        var answer = await TranslateAsync(new { inputs = "un film", source = "fr", target = "en" });

        Assert.Equal("fr-en-a", answer.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Translate_AlternativesAndAlignments_AreThereWhenAskedFor()
    {
        var answer = await TranslateAsync(new { inputs = "a fine film", beam_size = 4, alternatives = 2, alignments = true });

        var result = answer.Results()[0];
        Assert.Equal(["translation", "score", "finish_reason", "alternatives", "source_tokens", "target_tokens", "alignments"], Fields(result));
        var alternatives = result.GetProperty("alternatives").EnumerateArray().ToList();
        Assert.Equal(2, alternatives.Count);
        Assert.All(alternatives, alternative => Assert.True(alternative.GetProperty("score").GetDouble() <= result.GetProperty("score").GetDouble()));
        var rows = result.GetProperty("alignments").EnumerateArray().Select(row => row.EnumerateArray().Select(weight => weight.GetDouble()).ToList()).ToList();
        Assert.Equal(result.GetProperty("target_tokens").GetArrayLength(), rows.Count);
        Assert.All(rows, row => Assert.Equal(result.GetProperty("source_tokens").GetArrayLength(), row.Count));
        Assert.All(rows, row => Assert.Equal(1, row.Sum(), 1e-4));
    }

    [Fact]
    public async Task Translate_AlignmentsOfTwoLines_AreSentenceBySentence()
    {
        var answer = await TranslateAsync(new { inputs = "one line\nand another", alignments = true });

        var result = answer.Results()[0];
        Assert.Equal(["translation", "score", "finish_reason", "sentences"], Fields(result));
        Assert.All(
            result.GetProperty("sentences").EnumerateArray(),
            sentence => Assert.Equal(["source_tokens", "target_tokens", "alignments"], Fields(sentence)));
    }

    [Theory]
    [InlineData("{\"inputs\":\"a\",\"beam_size\":0}", "beam_size")]
    [InlineData("{\"inputs\":\"a\",\"beam_size\":99}", "beam_size")]
    [InlineData("{\"inputs\":\"a\",\"beam_size\":2,\"alternatives\":3}", "alternatives")]
    [InlineData("{\"inputs\":\"a\",\"beam_size\":2,\"stream\":true}", "stream")]
    [InlineData("{\"inputs\":\"a\",\"max_tokens\":0}", "max_tokens")]
    [InlineData("{\"inputs\":\"a\",\"max_tokens\":1000}", "max_tokens")]
    [InlineData("{\"inputs\":\"a\",\"length_penalty\":-1}", "length_penalty")]
    [InlineData("{\"inputs\":\"a\",\"length_penalty\":\"much\"}", "length_penalty")]
    [InlineData("{\"inputs\":\"a\",\"beams\":4}", "beams")]
    [InlineData("{\"inputs\":[]}", "inputs")]
    [InlineData("{}", "inputs")]
    [InlineData("{\"inputs\":\"a\",\"model\":\"en-fr-a\",\"target\":\"en\"}", "target")]
    public async Task Translate_BadValue_IsRefusedByItsField(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var problem = await server.Client.PostAsync(Path, content).AsProblemAsync(400, "invalid-request");

        Assert.Equal([field], problem.Errors().Keys);
    }

    [Fact]
    public async Task Translate_UnknownPair_ListsThePairsThereAre()
    {
        var problem = await server.Client.PostAsJsonAsync(Path, new { inputs = "a", source = "en", target = "tlh" }).AsProblemAsync(404, "model-not-found");

        Assert.Contains("en → fr, fr → en", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Translate_HundredThousandCharacters_IsRefusedAsTooLong() =>
        await server.Client.PostAsJsonAsync(Path, new { inputs = new string('a', 100_000) }).AsProblemAsync(422, "input-too-long");

    [Theory]
    [InlineData("火车站在哪里？")]
    [InlineData("Где находится вокзал?")]
    [InlineData("\u202Eabc \u0000 \uFFFF 👩‍💻 ﷺ")]
    public async Task Translate_WrongScript_IsAnswered(string text) =>
        Assert.NotEmpty(Translation((await TranslateAsync(new { inputs = text })).Results()[0]));

    [Fact]
    public async Task Translate_TextWithoutLetters_ComesBackAsItIs() =>
        Assert.Equal(" 12:30 — 🙂\n\n", Translation((await TranslateAsync(new { inputs = " 12:30 — 🙂\n\n" })).Results()[0]));

    [Fact]
    public async Task Model_OfTranslation_NamesItsLanguages()
    {
        var model = await server.Client.GetAsync(new Uri("/v1/models/fr-en-a", UriKind.Relative)).ReadAsync();

        Assert.Equal("{\"source\":\"fr\",\"target\":\"en\"}", model.GetProperty("languages").ToString());
    }

    private Task<JsonElement> TranslateAsync(object request) => server.Client.PostAsJsonAsync(Path, request).ReadAsync();

    private static string Translation(JsonElement result) => result.GetProperty("translation").GetString()!;

    private static IEnumerable<string> Fields(JsonElement element) => element.EnumerateObject().Select(field => field.Name);
}
