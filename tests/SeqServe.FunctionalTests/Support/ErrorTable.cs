using System.Net.Http.Json;
using SeqServe.Core.Backends;

namespace SeqServe.FunctionalTests.Support;

/// <summary>
/// Every row of the error table, provoked. The tests of the problems and those of the OpenAPI document read this one list, so that what is documented
/// and what is answered cannot drift apart.
/// </summary>
public static class ErrorTable
{
    public const string PostClassify = "POST /v1/classify";
    public const string GetModels = "GET /v1/models";
    public const string GetModel = "GET /v1/models/{name}";
    public const string LoadModel = "POST /v1/models/{name}/load";
    public const string UnloadModel = "POST /v1/models/{name}/unload";
    private const string Models = "/v1/models";
    private const string OneModel = "/v1/models/sentiment-lstm";

    public static IReadOnlyList<string> Operations { get; } =
    [
        PostClassify, TranslateErrors.PostTranslate, GetModels, GetModel, LoadModel, UnloadModel,
        ErrorTableOfLanguageModels.PostNextToken, ErrorTableOfLanguageModels.PostCompletions, ErrorTableOfLanguageModels.PostScore,
        .. ErrorTableOfEncoders.Routes.Select(route => route.Operation),
    ];

    public static IReadOnlyList<ProvokedProblem> Rows { get; } =
    [
        .. OfClassify(), .. TranslateErrors.Rows(), .. OfModels(), .. OfModelChanges(), .. OfRoutes(), .. ErrorTableOfLanguageModels.Rows(),
        .. ErrorTableOfEncoders.Rows(),
    ];

    private static IEnumerable<ProvokedProblem> OfClassify()
    {
        yield return new("not JSON", PostClassify, 400, "invalid-request", async s => await (await s.SmallBodiesAsync()).ClassifyRawAsync("{inputs}"));
        yield return new("unknown field", PostClassify, 400, "invalid-request",
            s => ClassifyAsync(s, new { inputs = "good", temperature = 1 }))
        { Field = "temperature" };
        yield return new("no key", PostClassify, 401, "unauthorized", async s => await (await s.KeyedAsync()).ClassifyAsync(new { inputs = "good" }));
        yield return new("no such model", PostClassify, 404, "model-not-found", s => ClassifyAsync(s, new { inputs = "good", model = "none" }));
        yield return new("no such version", PostClassify, 404, "model-not-found", s => ClassifyAsync(s, new { inputs = "good", version = 9 }));
        yield return new("large by Content-Length", PostClassify, 413, "payload-too-large",
            s => ClassifyAsync(s, new { inputs = new string('a', ErrorServers.MaxBytes) }));
        yield return new("large in chunks", PostClassify, 413, "payload-too-large", InChunksAsync);
        yield return new("plain text", PostClassify, 415, "unsupported-media-type",
            async s => await (await s.SmallBodiesAsync()).ClassifyRawAsync("good"u8.ToArray(), "text/plain"));
        yield return new("too many tokens", PostClassify, 422, "input-too-long", s => ClassifyAsync(s, new { inputs = Words(400) })) { Field = "inputs" };
        yield return new("white space", PostClassify, 422, "input-empty",
            s => ClassifyAsync(s, new { inputs = new[] { "good", " " } }))
        { Field = "inputs[1]" };
        yield return new("full queue", PostClassify, 429, "overloaded", OverloadAsync);
        yield return new("spent rate", PostClassify, 429, "rate-limited",
            async s => await (await s.KeyedAsync()).SendAsync(HttpMethod.Post, Calls.Classify, new { inputs = "good" }, ("X-Api-Key", ErrorServers.SpentKey)));
        yield return new("failing graph", PostClassify, 500, "inference-failed", FailAsync) { Field = "inputs" };
        yield return new("fault of the server", PostClassify, 500, "internal-error",
            async s => await (await s.FaultyAsync()).ClassifyAsync(new { inputs = "good" }));
        yield return new("broken model", PostClassify, 503, "model-not-ready",
            async s => await (await s.BrokenModelAsync()).ClassifyAsync(new { inputs = "good", model = "broken" }));
        yield return new("shutdown", PostClassify, 503, "draining", async s => await (await s.DrainingAsync()).ClassifyAsync(new { inputs = "good" }));
        yield return new("held graph", PostClassify, 504, "deadline-exceeded", PassTheDeadlineAsync);
    }

    private static IEnumerable<ProvokedProblem> OfModels()
    {
        foreach (var (operation, path) in new[] { (GetModels, Models), (GetModel, OneModel) })
        {
            yield return new("no key", operation, 401, "unauthorized", async s => await GetAsync(await s.KeyedAsync(), path));
            yield return new("spent rate", operation, 429, "rate-limited",
                async s => await (await s.KeyedAsync()).SendAsync(HttpMethod.Get, path, null, ("X-Api-Key", ErrorServers.SpentKey)));
            yield return new("fault of the server", operation, 500, "internal-error", async s => await GetAsync(await s.FaultyAsync(), path));
        }

        yield return new("no such model", GetModel, 404, "model-not-found", async s => await GetAsync(await s.SmallBodiesAsync(), "/v1/models/none"));
    }

    private static IEnumerable<ProvokedProblem> OfModelChanges()
    {
        foreach (var (operation, verb) in new[] { (LoadModel, "load"), (UnloadModel, "unload") })
        {
            var path = $"{OneModel}/{verb}";
            yield return new("no key", operation, 401, "unauthorized", async s => await PostAsync(await s.KeyedAsync(), path));
            yield return new("a key that is not admin", operation, 403, "forbidden",
                async s => await (await s.KeyedAsync()).SendAsync(HttpMethod.Post, path, null, ("X-Api-Key", ErrorServers.Key)));
            yield return new("no such model", operation, 404, "model-not-found",
                async s => await PostAsync(await s.SmallBodiesAsync(), $"/v1/models/none/{verb}"));
            yield return new("spent rate", operation, 429, "rate-limited",
                async s => await (await s.KeyedAsync()).SendAsync(HttpMethod.Post, path, null, ("X-Api-Key", ErrorServers.SpentKey)));
            yield return new("fault of the server", operation, 500, "internal-error", async s => await PostAsync(await s.FaultyAsync(), path));
        }

        yield return new("broken model", LoadModel, 422, "load-failed", async s => await PostAsync(await s.BrokenModelAsync(), "/v1/models/broken/load"));
    }

    private static IEnumerable<ProvokedProblem> OfRoutes()
    {
        yield return new("no such route", "", 404, "not-found", async s => await GetAsync(await s.SmallBodiesAsync(), "/v1/clasify"));
        yield return new("no such route outside of the API", "", 404, "not-found", async s => await GetAsync(await s.SmallBodiesAsync(), "/favicon.ico"));
        yield return new("GET for POST", "", 405, "method-not-allowed", async s => await GetAsync(await s.SmallBodiesAsync(), Calls.Classify));
        yield return new("a page of another site", "", 403, "cross-site",
            async s => await (await s.SmallBodiesAsync()).SendAsync(
                HttpMethod.Post, Calls.Classify, new { inputs = "good" }, ("Sec-Fetch-Site", "cross-site")));
        yield return new("a body that stops", "", 408, "request-timeout", SlowBodies.SendAsync);
        yield return new("DELETE of a model", "", 405, "method-not-allowed",
            async s => await (await s.SmallBodiesAsync()).DeleteAsync(new Uri(OneModel, UriKind.Relative)));
    }

    private static string Words(int count) => string.Join(' ', Enumerable.Repeat("good", count));

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string path) => client.GetAsync(new Uri(path, UriKind.Relative));

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path) => client.PostAsync(new Uri(path, UriKind.Relative), null);

    private static async Task<HttpResponseMessage> ClassifyAsync(ErrorServers servers, object request) =>
        await (await servers.SmallBodiesAsync()).ClassifyAsync(request);

    private static async Task<HttpResponseMessage> InChunksAsync(ErrorServers servers)
    {
        var client = await servers.SmallBodiesAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Calls.Classify)
        {
            Content = JsonContent.Create(new { inputs = new string('a', ErrorServers.MaxBytes) }),
        };
        request.Headers.TransferEncodingChunked = true;
        return await client.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> OverloadAsync(ErrorServers servers)
    {
        var fake = await servers.FakeAsync();
        var client = fake.Server.CreateClient();
        await fake.HoldOneAsync(client);
        // Each fills the queue alone: one of them waits, the other is refused.
        return await await Task.WhenAny(client.ClassifyAsync(new { inputs = new[] { "a", "b" } }), client.ClassifyAsync(new { inputs = new[] { "c", "d" } }));
    }

    private static async Task<HttpResponseMessage> FailAsync(ErrorServers servers)
    {
        var fake = await servers.FakeAsync();
        fake.Backends.BeforeRun = () => new BackendException("The operator System.Secret in /etc/secret failed.");
        return await fake.Server.CreateClient().ClassifyAsync(new { inputs = "good" });
    }

    private static async Task<HttpResponseMessage> PassTheDeadlineAsync(ErrorServers servers)
    {
        var fake = await servers.FakeAsync();
        fake.Backends.HoldRuns();
        return await fake.Server.CreateClient().SendAsync(HttpMethod.Post, Calls.Classify, new { inputs = "good" }, ("X-Request-Timeout-Ms", "1"));
    }
}
