using SeqServe.Core.Backends;

namespace SeqServe.FunctionalTests.Support;

/// <summary>The rows of the error table that the routes of taggers, rerankers and embedding models add.</summary>
internal static class ErrorTableOfEncoders
{
    private static readonly string s_long = string.Join(' ', Enumerable.Repeat("good", 200));

    public static IReadOnlyList<EncoderRoute> Routes { get; } = [Encoders.Tag, Encoders.Rerank, Encoders.Embed];

    public static IEnumerable<ProvokedProblem> Rows() => Routes.SelectMany(Of);

    private static IEnumerable<ProvokedProblem> Of(EncoderRoute route)
    {
        var (operation, path, field) = (route.Operation, route.Path, route.Field);
        Func<ErrorServers, Task<HttpResponseMessage>> Post(object body) => async s => await (await s.EncodersAsync()).PostJsonAsync(path, body);
        Dictionary<string, object> With(object texts, string key, object value) => new(route.Body(texts)) { [key] = value };

        yield return new("not JSON", operation, 400, "invalid-request", async s => await (await s.SmallBodiesAsync()).PostRawAsync(path, "{inputs}"));
        yield return new("unknown field", operation, 400, "invalid-request", Post(With("good", "beams", 1))) { Field = "beams" };
        yield return new("nothing", operation, 400, "invalid-request", Post(new { })) { Field = field };
        yield return new("no key", operation, 401, "unauthorized", async s => await (await s.KeyedAsync()).PostJsonAsync(path, route.Body("good")));
        yield return new("no such model", operation, 404, "model-not-found", Post(route.Body("good", "none")));
        yield return new("large by Content-Length", operation, 413, "payload-too-large",
            async s => await (await s.SmallBodiesAsync()).PostJsonAsync(path, route.Body(new string('a', ErrorServers.MaxBytes))));
        yield return new("plain text", operation, 415, "unsupported-media-type",
            async s => await (await s.SmallBodiesAsync()).PostRawAsync(path, "good", "text/plain"));
        yield return new("too many tokens", operation, 422, "input-too-long", Post(With(s_long, "truncate", false))) { Field = field };
        yield return new("white space", operation, 422, "input-empty", Post(route.Body(new[] { "good", " " }))) { Field = $"{field}[1]" };
        yield return new("full queue", operation, 429, "overloaded", s => OverloadAsync(s, route));
        yield return new("spent rate", operation, 429, "rate-limited",
            async s => await (await s.KeyedAsync()).SendAsync(HttpMethod.Post, path, route.Body("good"), ("X-Api-Key", ErrorServers.SpentKey)));
        yield return new("failing graph", operation, 500, "inference-failed", s => FailAsync(s, route)) { Field = field };
        yield return new("fault of the server", operation, 500, "internal-error",
            async s => await (await s.FaultyAsync()).PostJsonAsync(path, route.Body("good")));
        yield return new("broken model", operation, 503, "model-not-ready", Post(route.Body("good", EncoderServer.Broken)));
        yield return new("shutdown", operation, 503, "draining",
            async s => await (await s.DrainingAsync()).PostJsonAsync(path, route.Body("good", Shipped.Default)));
        yield return new("held graph", operation, 504, "deadline-exceeded", s => PassTheDeadlineAsync(s, route));
    }

    private static async Task<HttpResponseMessage> OverloadAsync(ErrorServers servers, EncoderRoute route)
    {
        var server = await servers.EncodersOfItsOwnAsync();
        var client = server.Server.CreateClient();
        await server.HoldOneAsync(client, route);
        // Each fills the queue alone: one of them waits, the other is refused.
        Task<HttpResponseMessage> Fill() => client.PostJsonAsync(route.Path, route.Body(new[] { "a", "b" }));
        return await await Task.WhenAny(Fill(), Fill());
    }

    private static async Task<HttpResponseMessage> FailAsync(ErrorServers servers, EncoderRoute route)
    {
        var server = await servers.EncodersOfItsOwnAsync();
        server.Backends.BeforeRun = () => new BackendException("The operator System.Secret in /etc/secret failed.");
        return await server.Server.CreateClient().PostJsonAsync(route.Path, route.Body("good"));
    }

    private static async Task<HttpResponseMessage> PassTheDeadlineAsync(ErrorServers servers, EncoderRoute route)
    {
        var server = await servers.EncodersOfItsOwnAsync();
        server.Backends.HoldRuns();
        return await server.Server.CreateClient().SendAsync(HttpMethod.Post, route.Path, route.Body("good"), ("X-Request-Timeout-Ms", "1"));
    }
}
