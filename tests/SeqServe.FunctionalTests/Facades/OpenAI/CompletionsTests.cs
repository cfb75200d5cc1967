using System.Net;
using System.Text.Json;
using SeqServe.FunctionalTests.Facades.Native;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenAI;

public sealed class CompletionsTests(LanguageModelSuite suite) : IClassFixture<LanguageModelSuite>
{
    private const string Text = "the clouds are in the";

    [Fact]
    public async Task Completion_Plain_HasOpenAIsShape()
    {
        var answer = await suite.Client.CompleteAsync(new { prompt = Text, max_tokens = 8, temperature = 0, user = "somebody" });

        Assert.StartsWith("cmpl-", answer.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("text_completion", answer.GetProperty("object").GetString());
        Assert.True(answer.GetProperty("created").GetInt64() > 1_700_000_000);
        Assert.Equal("lm", answer.GetProperty("model").GetString());
        Assert.Equal("lm/1", answer.GetProperty("system_fingerprint").GetString());
        var choice = Assert.Single(answer.GetProperty("choices").EnumerateArray());
        Assert.Equal(0, choice.GetProperty("index").GetInt32());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("logprobs").ValueKind);
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        var usage = answer.GetProperty("usage");
        Assert.Equal(8, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(usage.GetProperty("prompt_tokens").GetInt32() + 8, usage.GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task Completion_SeveralPromptsAndChoices_AreInOrder()
    {
        var alone = await suite.Client.CompleteAsync(new { prompt = "b", seed = 1 });

        var answer = await suite.Client.CompleteAsync(new { prompt = new[] { "a", "b" }, n = 2, seed = 1 });

        Assert.Equal([0, 1, 2, 3], answer.GetProperty("choices").EnumerateArray().Select(c => c.GetProperty("index").GetInt32()));
        Assert.Equal(4, answer.Texts().Distinct().Count());
        Assert.Equal(alone.Texts()[0], answer.Texts()[2]);
    }

    [Fact]
    public async Task Stream_SameSeed_IsTheAnswerInPieces()
    {
        var request = new { prompt = new[] { "a", "b" }, n = 2, seed = 5, max_tokens = 20, stop = new[] { "th" }, logprobs = 1 };
        var whole = await suite.Client.CompleteAsync(request);

        var events = await suite.Client.StreamAsync(
            new { request.prompt, request.n, request.seed, request.max_tokens, request.stop, request.logprobs, stream = true });

        Assert.Equal("[DONE]", events[^1]);
        var chunks = events.SkipLast(1).Select(e => JsonSerializer.Deserialize<JsonElement>(e)).ToList();
        Assert.Single(chunks.Select(c => c.GetProperty("id").GetString()).Distinct());
        Assert.All(chunks, c => Assert.False(c.TryGetProperty("usage", out _)));
        foreach (var choice in whole.GetProperty("choices").EnumerateArray())
        {
            var pieces = chunks.Select(c => c.GetProperty("choices")[0])
                .Where(c => c.GetProperty("index").GetInt32() == choice.GetProperty("index").GetInt32()).ToList();
            Assert.Equal(choice.GetProperty("text").GetString(), string.Concat(pieces.Select(p => p.GetProperty("text").GetString())));
            Assert.Equal(choice.GetProperty("finish_reason").GetString(), pieces[^1].GetProperty("finish_reason").GetString());
            Assert.All(pieces.SkipLast(1), p => Assert.Equal(JsonValueKind.Null, p.GetProperty("finish_reason").ValueKind));
            Assert.Equal(
                choice.GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray().Select(l => l.GetDouble()),
                pieces.SelectMany(p => p.GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray().Select(l => l.GetDouble())));
        }
    }

    [Fact]
    public async Task Stream_UsageAskedFor_IsTheLastChunk()
    {
        var events = await suite.Client.StreamAsync(
            new { prompt = Text, max_tokens = 4, temperature = 0, stream = true, stream_options = new { include_usage = true } });

        var last = JsonSerializer.Deserialize<JsonElement>(events[^2]);
        Assert.Empty(last.GetProperty("choices").EnumerateArray());
        Assert.Equal(4, last.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Stream_RefusedRequest_FailsWithItsStatus()
    {
        using var response = await suite.Client.PostJsonAsync(LanguageModelCalls.Completions, new { prompt = " ", stream = true });

        await OpenAIErrors.ReadAsync(response, (int)HttpStatusCode.UnprocessableEntity, "input-empty");
    }

    [Fact]
    public async Task Stream_FailureInTheMiddle_IsAnErrorOfOpenAIsShapeWithoutDone()
    {
        await using var server = await LanguageModelServer.StartAsync(overKestrel: true);
        var client = server.Server.CreateClient();
        var calls = 0;
        server.Graph.OnRun = _ =>
        {
            if (++calls == 4)
                server.Graph.Answer = _ => throw new InvalidOperationException("secret");
        };

        var events = await client.StreamAsync(new { prompt = Text, max_tokens = 30, temperature = 0, stream = true });

        Assert.Equal("inference_failed", JsonSerializer.Deserialize<JsonElement>(events[^1]).GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain("secret", events[^1], StringComparison.Ordinal);
        Assert.True(events.Count > 1);
    }

    [Fact]
    public async Task Stream_ClientGone_FreesTheModel()
    {
        await using var server = await LanguageModelServer.StartAsync(overKestrel: true);
        var client = server.Server.CreateClient();
        using var caller = new CancellationTokenSource();
        using var message = new HttpRequestMessage(HttpMethod.Post, LanguageModelCalls.Completions)
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { prompt = Text, max_tokens = 32, stream = true }),
        };
        server.Graph.Close();
        var answer = client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, caller.Token);
        server.Graph.AwaitStart();

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        server.Graph.Open();

        Assert.Single((await client.CompleteAsync(new { prompt = Text, max_tokens = 1 })).Texts());
    }

    [Fact]
    public async Task LogitBias_OfMinusHundred_ForbidsTheToken()
    {
        var best = (await suite.Client.PredictAsync(new { inputs = Text, top_k = 2 })).Results()[0].GetProperty("candidates");
        var bias = new Dictionary<string, int> { [best[0].GetProperty("id").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture)] = -100 };

        var answer = await suite.Client.CompleteAsync(new { prompt = Text, max_tokens = 1, temperature = 0, logit_bias = bias, logprobs = 0 });

        Assert.Equal(best[1].GetProperty("token").GetString(), answer.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("tokens")[0].GetString());
    }

    [Fact]
    public async Task Completion_WrongMethod_HasOpenAIsShape()
    {
        using var response = await suite.Client.DeleteAsync(new Uri("/v1/completions", UriKind.Relative));

        await OpenAIErrors.ReadAsync(response, 405, "method-not-allowed");
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }
}
