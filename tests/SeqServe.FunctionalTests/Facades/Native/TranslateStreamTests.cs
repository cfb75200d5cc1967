using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Translation;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

public sealed class TranslateStreamTests
{
    private const string Path = TranslateTests.Path;

    [Fact]
    public async Task Stream_Events_AddUpToTheAnswer()
    {
        await using var fake = await TranslateServer.StartAsync(overSockets: true);
        using var client = fake.CreateClient();
        string[] texts = ["a fine film 🙂\nof two lines", "words"];
        var whole = await client.PostAsJsonAsync(Path, new { inputs = texts }).ReadAsync();

        using var response = await client.OpenStreamAsync(Path, new { inputs = texts, stream = true });
        var events = await response.ReadEventsAsync();

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no", Assert.Single(response.Headers.GetValues("X-Accel-Buffering")));
        var done = Assert.Single(events, e => e.Name == "done").Data;
        Assert.Equal("done", events[^1].Name);
        Assert.Equal(Results(whole), Results(done));
        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(
                texts[i],
                string.Concat(events
                    .Where(e => e.Name == "token" && e.Data.GetProperty("index").GetInt32() == i)
                    .Select(e => e.Data.GetProperty("text").GetString())));
        var tokens = events.Where(e => e.Name == "token" && e.Data.TryGetProperty("token_id", out _)).ToList();
        Assert.Equal(done.GetProperty("usage").GetProperty("output_tokens").GetInt32(), tokens.Count);
        Assert.All(tokens, token => Assert.Equal(["index", "text", "token_id", "log_probability"], token.Data.EnumerateObject().Select(field => field.Name)));
    }

    [Fact]
    public async Task Stream_ThatIsRefused_IsAnOrdinaryProblem()
    {
        await using var fake = await TranslateServer.StartAsync();
        using var client = fake.CreateClient();

        await client.PostAsJsonAsync(Path, new { inputs = " ", stream = true }).AsProblemAsync(422, "input-empty");
        await client.PostAsJsonAsync(Path, new { inputs = "a", model = "none", stream = true }).AsProblemAsync(404, "model-not-found");
    }

    [Fact]
    public async Task Stream_FailureBeforeTheFirstToken_HasItsOwnStatus()
    {
        await using var fake = await TranslateServer.StartAsync(overSockets: true);
        fake.Model.OnRun = _ => throw new InvalidOperationException("secret");
        using var client = fake.CreateClient();

        await client.PostAsJsonAsync(Path, new { inputs = "a", stream = true }).AsProblemAsync(500, "inference-failed");
    }

    [Fact]
    public async Task Stream_FailureInTheMiddle_EndsWithTheProblem()
    {
        await using var fake = await TranslateServer.StartAsync(overSockets: true);
        var runs = 0;
        fake.Model.OnRun = _ =>
        {
            if (++runs > 3)
                throw new InvalidOperationException("secret");
        };
        using var client = fake.CreateClient();

        using var response = await client.OpenStreamAsync(Path, new { inputs = "a fine film of many words", stream = true });
        var events = await response.ReadEventsAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("token", events[0].Name);
        Assert.Equal("error", events[^1].Name);
        Assert.Equal("/problems/inference-failed", events[^1].Data.GetProperty("type").GetString());
        Assert.DoesNotContain("secret", events[^1].Data.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ClientThatGoes_FreesItsSlot()
    {
        await using var fake = await TranslateServer.StartAsync(overSockets: true);
        fake.Model.Answer = _ => Endless(fake.Model.VocabularySize);
        using var client = fake.CreateClient();
        using var held = new SemaphoreSlim(0);
        using (var response = await client.OpenStreamAsync(
                Path, new { inputs = string.Join('\n', Enumerable.Repeat("a film without any end that goes on and on", 60)), stream = true }))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            Assert.True(await body.ReadAsync(new byte[16]) > 0);
            fake.Model.Close();
        }

        // The loop holds at a run; by its next turn the sequences have left, and then nothing runs any more.
        await Eventually.IsTrueAsync(() => InFlight(fake) == 0);
        fake.Model.Open();
        await Eventually.IsTrueAsync(() => Active(fake) == 0);
    }

    [Fact]
    public async Task Stream_ClientThatReadsNothing_StallsNobody()
    {
        await using var fake = await TranslateServer.StartAsync(overSockets: true);
        using var client = fake.CreateClient();
        using var unread = await client.OpenStreamAsync(Path, new { inputs = Enumerable.Repeat("a film that nobody reads", 30), stream = true });

        for (var i = 0; i < 10; i++)
            Assert.Equal(
                "words",
                (await client.PostAsJsonAsync(Path, new { inputs = "words" }).ReadAsync()).Results()[0].GetProperty("translation").GetString());
    }

    private static int InFlight(TranslateServer fake) => Served(fake, model => model.Metrics.InFlight);

    private static int Active(TranslateServer fake) => Served(fake, model => model.Batcher.ActiveSequences);

    private static int Served(TranslateServer fake, Func<ServedTranslator, int> read)
    {
        var description = fake.Server.Services.GetRequiredService<ModelRegistry>().Describe("en-fr-a");
        return read((ServedTranslator)description.Versions[0].Served!);
    }

    private static string Results(JsonElement answer) => answer.GetProperty("results").ToString();

    private static float[] Endless(int vocabulary)
    {
        var logits = new float[vocabulary];
        logits[300] = 5;
        return logits;
    }
}
