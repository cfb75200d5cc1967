using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Registry;

namespace SeqServe.FunctionalTests.Support;

/// <summary>The rows of the error table for translation, provoked.</summary>
internal static class TranslateErrors
{
    public const string PostTranslate = "POST /v1/translate";
    private const string Path = "/v1/translate";

    public static IEnumerable<ProvokedProblem> Rows()
    {
        yield return Row("no text", 400, "invalid-request", s => PostAsync(s, new { inputs = Array.Empty<string>() })) with { Field = "inputs" };
        yield return Row("too many beams", 400, "invalid-request", s => PostAsync(s, new { inputs = "a", beam_size = 99 })) with { Field = "beam_size" };
        yield return Row("no key", 401, "unauthorized", async s => await (await s.KeyedAsync()).PostAsJsonAsync(Path, new { inputs = "a" }));
        yield return Row("unknown pair", 404, "model-not-found", s => PostAsync(s, new { inputs = "a", source = "en", target = "tlh" }));
        yield return Row("large", 413, "payload-too-large", s => PostAsync(s, new { inputs = new string('a', ErrorServers.MaxBytes) }));
        yield return Row("plain text", 415, "unsupported-media-type", PlainAsync);
        yield return Row("long sentence", 422, "input-too-long",
            s => PostAsync(s, new { inputs = string.Concat(Enumerable.Repeat("very ", 300)) })) with
        { Field = "inputs" };
        yield return Row("white space", 422, "input-empty", s => PostAsync(s, new { inputs = new[] { "a", " " } })) with { Field = "inputs[1]" };
        yield return Row("full queue", 429, "overloaded", OverloadAsync);
        yield return Row("spent rate", 429, "rate-limited",
            async s => await (await s.KeyedAsync()).SendAsync(HttpMethod.Post, Path, new { inputs = "a" }, ("X-Api-Key", ErrorServers.SpentKey)));
        yield return Row("failing graph", 500, "inference-failed", FailAsync) with { Field = "inputs" };
        yield return Row("fault of the server", 500, "internal-error", async s => await (await s.FaultyAsync()).PostAsJsonAsync(Path, new { inputs = "a" }));
        yield return Row("broken model", 503, "model-not-ready", s => PostAsync(s, new { inputs = "a", model = TranslateServer.Broken }));
        yield return Row("shutdown", 503, "draining", DrainAsync);
        yield return Row("held graph", 504, "deadline-exceeded", PassTheDeadlineAsync);
    }

    private static ProvokedProblem Row(string name, int status, string slug, Func<ErrorServers, Task<HttpResponseMessage>> provoke) =>
        new(name, PostTranslate, status, slug, provoke);

    private static async Task<HttpResponseMessage> PostAsync(ErrorServers servers, object request)
    {
        var fake = await servers.TranslatorsAsync(new Dictionary<string, string> { ["SeqServe:MaxRequestBytes"] = $"{ErrorServers.MaxBytes}" });
        return await fake.CreateClient().PostAsJsonAsync(Path, request);
    }

    private static async Task<HttpResponseMessage> PlainAsync(ErrorServers servers)
    {
        var fake = await servers.TranslatorsAsync();
        using var content = new StringContent("a", Encoding.UTF8, "text/plain");
        return await fake.CreateClient().PostAsync(Path, content);
    }

    private static async Task<HttpResponseMessage> OverloadAsync(ErrorServers servers)
    {
        var fake = await servers.TranslatorsAsync();
        var client = fake.CreateClient();
        fake.Model.Close();
        var texts = Enumerable.Repeat("a", TranslateServer.QueueCapacity).ToArray();
        _ = client.PostAsJsonAsync(Path, new { inputs = texts });
        fake.Model.AwaitStart();
        // 16 of the first request are taken at most, so its others leave no room for as many again.
        return await client.PostAsJsonAsync(Path, new { inputs = texts });
    }

    private static async Task<HttpResponseMessage> FailAsync(ErrorServers servers)
    {
        var fake = await servers.TranslatorsAsync();
        fake.Model.OnRun = _ => throw new InvalidOperationException("The operator System.Secret in /etc/secret failed.");
        return await fake.CreateClient().PostAsJsonAsync(Path, new { inputs = "a" });
    }

    private static async Task<HttpResponseMessage> DrainAsync(ErrorServers servers)
    {
        var fake = await servers.TranslatorsAsync();
        fake.Server.Services.GetRequiredService<ModelRegistry>().Drain();
        return await fake.CreateClient().PostAsJsonAsync(Path, new { inputs = "a" });
    }

    private static async Task<HttpResponseMessage> PassTheDeadlineAsync(ErrorServers servers)
    {
        var fake = await servers.TranslatorsAsync();
        fake.Model.Close();
        return await fake.CreateClient().SendAsync(HttpMethod.Post, Path, new { inputs = "a" }, ("X-Request-Timeout-Ms", "1"));
    }
}
