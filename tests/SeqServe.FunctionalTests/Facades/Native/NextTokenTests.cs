using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

public sealed class NextTokenTests(LanguageModelSuite suite) : IClassFixture<LanguageModelSuite>
{
    private const string Text = "the clouds are in the";

    [Fact]
    public async Task NextToken_OneText_HasCandidatesBestFirst()
    {
        var answer = await suite.Client.PredictAsync(new { inputs = Text, top_k = 3 });

        var result = Assert.Single(answer.Results());
        var probabilities = result.GetProperty("candidates").EnumerateArray().Select(c => c.GetProperty("probability").GetDouble()).ToList();
        Assert.Equal(3, probabilities.Count);
        Assert.Equal(probabilities.OrderDescending(), probabilities);
        Assert.All(
            result.GetProperty("candidates").EnumerateArray(),
            c => Assert.Equal(Math.Log(c.GetProperty("probability").GetDouble()), c.GetProperty("log_probability").GetDouble(), 1e-9));
        Assert.True(result.GetProperty("entropy").GetDouble() > 0);
        Assert.False(result.TryGetProperty("state", out _));
        Assert.Equal(result.GetProperty("input_tokens").GetInt32(), answer.GetProperty("usage").GetProperty("input_tokens").GetInt32());
        Assert.Equal(LanguageModelServer.Model, answer.GetProperty("model").GetString());
    }

    [Fact]
    public async Task State_CarriedToAnotherReplica_GoesOnThere()
    {
        var settings = new Dictionary<string, string> { ["SeqServe:StateKey"] = "a key that replicas share" };
        await using var one = await LanguageModelServer.StartAsync(settings);
        await using var other = await LanguageModelServer.StartAsync(settings);
        var whole = await suite.Client.PredictAsync(new { inputs = Text });

        var first = await one.Server.CreateClient().PredictAsync(new { inputs = "the clouds", return_state = true });
        var second = await other.Server.CreateClient().PredictAsync(new { inputs = "are in the", state = State(first) });

        Assert.Equal(whole.Results()[0].GetProperty("candidates").GetRawText(), second.Results()[0].GetProperty("candidates").GetRawText());
    }

    [Fact]
    public async Task State_OfAReplicaWithAnotherKey_IsRefused()
    {
        await using var other = await LanguageModelServer.StartAsync();
        var first = await other.Server.CreateClient().PredictAsync(new { inputs = "the clouds", return_state = true });

        var problem = await suite.Client
            .PostJsonAsync(LanguageModelCalls.NextToken, new { inputs = "are", state = State(first) })
            .AsProblemAsync(400, "invalid-request");

        Assert.Contains("SeqServe__StateKey", problem.Errors()["state"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inputs", new[] { "a", "b" })]
    [InlineData("model", "cached")]
    public async Task State_WhereItDoesNotBelong_IsRefused(string field, object value)
    {
        var first = await suite.Client.PredictAsync(new { inputs = "the clouds", return_state = true });
        var request = new Dictionary<string, object?> { ["inputs"] = "are", ["state"] = State(first), [field] = value };

        var problem = await suite.Client.PostJsonAsync(LanguageModelCalls.NextToken, request).AsProblemAsync(400, "invalid-request");

        Assert.Equal(["state"], problem.Errors().Keys);
    }

    [Fact]
    public async Task Score_Texts_RanksThem()
    {
        var answer = await suite.Client.ScoreAsync(new { inputs = new[] { Text, "tom" } });

        foreach (var result in answer.Results())
        {
            var tokens = result.GetProperty("tokens").EnumerateArray().ToList();
            Assert.Equal(tokens.Sum(t => t.GetProperty("log_probability").GetDouble()), result.GetProperty("log_probability").GetDouble(), 1e-3);
            Assert.Equal("</s>", tokens[^1].GetProperty("token").GetString());
            Assert.Equal(Math.Exp(-result.GetProperty("log_probability").GetDouble() / tokens.Count), result.GetProperty("perplexity").GetDouble(), 1e-3);
        }
    }

    private static string State(System.Text.Json.JsonElement answer) => answer.Results()[0].GetProperty("state").GetString()!;
}
