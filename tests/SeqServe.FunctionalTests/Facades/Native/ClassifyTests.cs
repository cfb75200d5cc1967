using System.Net;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

[Collection(ShippedSuite.Name)]
public sealed class ClassifyTests(ShippedServer server)
{
    private static readonly string[] s_opposites = [Calls.Review, "A dull, lifeless and utterly boring mess.", Calls.Review];

    [Fact]
    public async Task Classify_TextOfTheReadme_IsPositive()
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = Calls.Review }).ReadAsync();

        Assert.Equal(Shipped.Default, answer.GetProperty("model").GetString());
        Assert.Equal(1, answer.GetProperty("version").GetInt32());
        Assert.Equal("positive", Assert.Single(answer.Results()).Label());
    }

    [Fact]
    public async Task Classify_Array_AnswersInTheOrderOfTheTexts()
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = s_opposites }).ReadAsync();

        Assert.Equal(["positive", "negative", "positive"], answer.Results().Select(r => r.Label()));
    }

    [Fact]
    public async Task Classify_ArrayOfOne_AnswersAsTheTextAlone()
    {
        var alone = await server.Client.ClassifyAsync(new { inputs = Calls.Review }).ReadAsync();
        var array = await server.Client.ClassifyAsync(new { inputs = new[] { Calls.Review } }).ReadAsync();

        Assert.Equal(alone.Results()[0].Scores(), Assert.Single(array.Results()).Scores());
    }

    [Fact]
    public async Task Scores_NoTopK_AreAllLabelsBestFirstAndSumToOne()
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = s_opposites }).ReadAsync();

        foreach (var result in answer.Results())
        {
            var scores = result.GetProperty("scores").EnumerateArray().Select(s => s.GetProperty("score").GetDouble()).ToList();
            Assert.Equal(2, scores.Count);
            Assert.Equal(scores.OrderDescending(), scores);
            Assert.Equal(1, scores.Sum(), 1e-5);
            Assert.Equal(scores[0], result.GetProperty("score").GetDouble());
            Assert.Equal(result.GetProperty("scores")[0].GetProperty("label").GetString(), result.Label());
        }
    }

    [Fact]
    public async Task TopK_One_GivesTheBestLabelAlone()
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = Calls.Review, top_k = 1 }).ReadAsync();

        Assert.Equal(["positive"], answer.Results()[0].Scores().Keys);
    }

    [Fact]
    public async Task Truncate_FiveThousandWords_CutsToTheModelsLimit()
    {
        var text = string.Join(' ', Enumerable.Repeat("wonderful", 5_000));

        var answer = await server.Client.ClassifyAsync(new { inputs = new[] { text, Calls.Review }, truncate = true }).ReadAsync();

        var results = answer.Results();
        Assert.True(results[0].GetProperty("truncated").GetBoolean());
        Assert.Equal(256, results[0].GetProperty("input_tokens").GetInt32());
        Assert.Equal("positive", results[0].Label());
        Assert.False(results[1].GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task Usage_OfAnArray_IsTheSumOfItsTexts()
    {
        var answer = await server.Client.ClassifyAsync(new { inputs = s_opposites }).ReadAsync();

        var tokens = answer.Results().Select(r => r.GetProperty("input_tokens").GetInt32()).ToList();
        Assert.All(tokens, t => Assert.True(t > 3));
        Assert.Equal(tokens.Sum(), answer.GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task Classify_NullsForOptionalFields_AreAsIfLeftOut()
    {
        var answer = await server.Client.ClassifyRawAsync(
            """{"inputs":"good","model":null,"version":null,"top_k":null,"truncate":null,"explain":null}""").ReadAsync();

        Assert.False(answer.Results()[0].TryGetProperty("attributions", out _));
    }

    [Fact]
    public async Task Answer_Always_IsJsonThatABrowserDoesNotGuessAt()
    {
        using var response = await server.Client.ClassifyAsync(new { inputs = Calls.Review });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }
}
