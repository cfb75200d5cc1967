using SeqServe.Core.Backends;

namespace SeqServe.FunctionalTests.Support;

/// <summary>The rows of the error table that the routes of the language models add.</summary>
internal static class ErrorTableOfLanguageModels
{
    public const string PostNextToken = "POST /v1/next-token";
    public const string PostCompletions = "POST /v1/completions";
    public const string PostScore = "POST /v1/score";

    private static readonly string s_long = string.Join(' ', Enumerable.Repeat("good", 100));

    public static IEnumerable<ProvokedProblem> Rows() =>
    [
        .. Of(PostNextToken, LanguageModelCalls.NextToken, "inputs"),
        .. Of(PostCompletions, LanguageModelCalls.Completions, "prompt"),
        .. Of(PostScore, LanguageModelCalls.Score, "inputs"),
        new("state of another model", PostNextToken, 409, "state-mismatch", MismatchAsync) { Field = "state" },
        .. OfCompletions(),
    ];

    private static IEnumerable<ProvokedProblem> Of(string operation, string path, string field)
    {
        object Body(object input, string? model = null) =>
            model is null
                ? new Dictionary<string, object> { [field] = input }
                : new Dictionary<string, object> { [field] = input, ["model"] = model };
        Func<ErrorServers, Task<HttpResponseMessage>> Post(object body) => async s => await (await s.LanguageModelsAsync()).PostJsonAsync(path, body);

        yield return new("not JSON", operation, 400, "invalid-request", async s => await (await s.SmallBodiesAsync()).PostRawAsync(path, "{inputs}"));
        yield return new("unknown field", operation, 400, "invalid-request",
            Post(new Dictionary<string, object> { [field] = "good", ["beams"] = 1 }))
        { Field = "beams" };
        yield return new("nothing", operation, 400, "invalid-request", Post(new { })) { Field = field };
        yield return new("no key", operation, 401, "unauthorized", async s => await (await s.KeyedAsync()).PostJsonAsync(path, Body("good")));
        yield return new("no such model", operation, 404, "model-not-found", Post(Body("good", "none")));
        yield return new("large by Content-Length", operation, 413, "payload-too-large",
            async s => await (await s.SmallBodiesAsync()).PostJsonAsync(path, Body(new string('a', ErrorServers.MaxBytes))));
        yield return new("plain text", operation, 415, "unsupported-media-type",
            async s => await (await s.SmallBodiesAsync()).PostRawAsync(path, "good", "text/plain"));
        yield return new("too many tokens", operation, 422, "input-too-long", Post(Body(s_long))) { Field = field };
        yield return new("white space", operation, 422, "input-empty", Post(Body(new[] { "good", " " }))) { Field = $"{field}[1]" };
        yield return new("full queue", operation, 429, "overloaded", s => OverloadAsync(s, path, Body(new[] { "a", "b" })));
        yield return new("spent rate", operation, 429, "rate-limited",
            async s => await (await s.KeyedAsync()).SendAsync(HttpMethod.Post, path, Body("good"), ("X-Api-Key", ErrorServers.SpentKey)));
        yield return new("failing graph", operation, 500, "inference-failed", s => FailAsync(s, path, Body("good"))) { Field = field };
        yield return new("fault of the server", operation, 500, "internal-error", async s => await (await s.FaultyAsync()).PostJsonAsync(path, Body("good")));
        yield return new("broken model", operation, 503, "model-not-ready", Post(Body("good", "broken")));
        yield return new("shutdown", operation, 503, "draining", async s => await (await s.DrainingAsync()).PostJsonAsync(path, Body("good")));
        yield return new("held graph", operation, 504, "deadline-exceeded", s => PassTheDeadlineAsync(s, path, Body("good")));
    }

    private static IEnumerable<ProvokedProblem> OfCompletions()
    {
        ProvokedProblem Bad(string name, string field, object body, int status = 400, string slug = "invalid-request") =>
            new(name, PostCompletions, status, slug,
                async s => await (await s.LanguageModelsAsync()).PostJsonAsync(LanguageModelCalls.Completions, body))
            { Field = field };

        yield return Bad("too many tokens wanted", "max_tokens", new { prompt = "good", max_tokens = 33 });
        yield return Bad("negative max_tokens", "max_tokens", new { prompt = "good", max_tokens = -1 });
        yield return Bad("too many log-probabilities", "logprobs", new { prompt = "good", logprobs = 6 });
        yield return Bad("too many stops", "stop", new { prompt = "good", stop = new[] { "a", "b", "c", "d", "e" } });
        yield return Bad("empty stop", "stop", new { prompt = "good", stop = "" });
        yield return Bad("empty prompt", "prompt", new { prompt = "" }, 422, "input-empty");
        yield return Bad("no prompts", "prompt", new { prompt = Array.Empty<string>() });
        yield return Bad("token id outside of the vocabulary", "prompt", new { prompt = new[] { 5, 100_000 } });
        yield return Bad("texts and ids", "prompt", new { prompt = new object[] { "good", 5 } });
        yield return Bad("a fraction for a token id", "prompt", new { prompt = new[] { 5.5 } });
        yield return Bad("too hot", "temperature", new { prompt = "good", temperature = 2.1 });
        yield return Bad("no mass", "top_p", new { prompt = "good", top_p = 1.5 });
        yield return Bad("no candidates", "top_k", new { prompt = "good", top_k = 0 });
        yield return Bad("too many answers", "n", new { prompt = "good", n = 1000 });
        yield return Bad("best_of", "best_of", new { prompt = "good", best_of = 3 });
        yield return Bad("suffix", "suffix", new { prompt = "good", suffix = "end" });
        yield return Bad("penalty", "presence_penalty", new { prompt = "good", presence_penalty = 3 });
        yield return Bad("bias outside of the vocabulary", "logit_bias", new { prompt = "good", logit_bias = new Dictionary<string, int> { ["100000"] = 1 } });
        yield return Bad("bias beyond its range", "logit_bias", new { prompt = "good", logit_bias = new Dictionary<string, int> { ["5"] = 101 } });
        yield return Bad("stream options without a stream", "stream_options", new { prompt = "good", stream_options = new { include_usage = true } });
    }

    private static async Task<HttpResponseMessage> MismatchAsync(ErrorServers servers)
    {
        var client = await servers.LanguageModelsAsync();
        var state = (await client.PredictAsync(new { inputs = "good", return_state = true, model = "other" })).Results()[0].GetProperty("state").GetString();
        return await client.PostJsonAsync(LanguageModelCalls.NextToken, new { inputs = "good", state });
    }

    private static async Task<HttpResponseMessage> OverloadAsync(ErrorServers servers, string path, object body)
    {
        var server = await servers.LanguageModelsOfItsOwnAsync();
        var client = server.Server.CreateClient();
        _ = server.Hold(client);
        // Each fills the queue alone: one of them waits, the other is refused.
        return await await Task.WhenAny(client.PostJsonAsync(path, body), client.PostJsonAsync(path, body));
    }

    private static async Task<HttpResponseMessage> FailAsync(ErrorServers servers, string path, object body)
    {
        var server = await servers.LanguageModelsOfItsOwnAsync();
        server.Graph.Answer = _ => throw new BackendException("The operator System.Secret in /etc/secret failed.");
        return await server.Server.CreateClient().PostJsonAsync(path, body);
    }

    private static async Task<HttpResponseMessage> PassTheDeadlineAsync(ErrorServers servers, string path, object body)
    {
        var server = await servers.LanguageModelsOfItsOwnAsync();
        var client = server.Server.CreateClient();
        _ = server.Hold(client);
        return await client.SendAsync(HttpMethod.Post, path, body, ("X-Request-Timeout-Ms", "1"));
    }
}
