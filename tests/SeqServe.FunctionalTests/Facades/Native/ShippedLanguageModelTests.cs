using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

/// <summary>Every language model that ships, over HTTP.</summary>
[Collection(ShippedSuite.Name)]
public sealed class ShippedLanguageModelTests(ShippedServer server)
{
    private const string Text = "The clouds are in the";
    private const double Exact = 1e-5;

    private static readonly IReadOnlyList<(string Name, bool IsRecurrent)> s_models =
    [
        .. Directory.EnumerateFiles(Shipped.Folder, "model.json", SearchOption.AllDirectories)
            .Select(file => JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file)))
            .Where(manifest => manifest.GetProperty("task").GetString() == "language-model")
            .Select(manifest => (manifest.GetProperty("name").GetString()!, manifest.TryGetProperty("state", out _))),
    ];

    [Fact]
    public void Models_ThatShip_AreOfBothKinds() => Assert.Equal([false, true], s_models.Select(m => m.IsRecurrent).Distinct().Order());

    [Fact]
    public async Task State_CarriedAway_GoesOnAsTheWholeText()
    {
        foreach (var (model, _) in s_models.Where(m => m.IsRecurrent))
        {
            var whole = await server.Client.PredictAsync(new { inputs = Text, model, top_k = 100 });
            var first = await server.Client.PredictAsync(new { inputs = "The clouds", model, return_state = true });
            var state = first.Results()[0].GetProperty("state").GetString();
            var second = await server.Client.PredictAsync(new { inputs = "are in the", model, top_k = 100, state });

            AssertSame(Candidates(whole), Candidates(second));
        }
    }

    [Fact]
    public async Task Candidates_AmongLongerTexts_AreAsAlone()
    {
        foreach (var (model, _) in s_models)
        {
            var alone = await server.Client.PredictAsync(new { inputs = Text, model, top_k = 100 });
            var among = await server.Client.PredictAsync(
                new
                {
                    inputs = new[] { "Tom", Text, "I grew up in France, where my father had a small farm, and even today I speak fluent" },
                    model,
                    top_k = 100,
                });

            AssertSame(Candidates(alone), among.Results()[1].GetProperty("candidates"));
        }
    }

    [Fact]
    public async Task Completion_AmongSixteen_IsAsAlone()
    {
        foreach (var (model, _) in s_models)
        {
            Task<JsonElement> Complete(int seed) => server.Client.CompleteAsync(new { prompt = Text, model, seed, max_tokens = 24, n = 2 });
            var alone = (await Complete(0)).Texts();

            var among = await Task.WhenAll(Enumerable.Range(0, 16).Select(Complete));

            Assert.Equal(alone, among[0].Texts());
            Assert.True(among.SelectMany(a => a.Texts()).Distinct().Count() > 16);
        }
    }

    [Fact]
    public async Task Score_OfAText_IsWhatItsTokensHadOneByOne()
    {
        foreach (var (model, _) in s_models)
        {
            var scored = (await server.Client.ScoreAsync(new { inputs = Text, model })).Results()[0].GetProperty("tokens").EnumerateArray().ToList();

            var echoed = await server.Client.CompleteAsync(new { prompt = Text, model, echo = true, logprobs = 1, max_tokens = 0 });

            var stepwise = echoed.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("token_logprobs")
                .EnumerateArray().Skip(1).Select(l => l.GetDouble()).ToList();
            Assert.Equal(scored.Count - 1, stepwise.Count);
            Assert.All(stepwise.Zip(scored), pair => Assert.Equal(pair.First, pair.Second.GetProperty("log_probability").GetDouble(), 1e-4));
        }
    }

    [Fact]
    public async Task Completion_Greedy_TakesTheBestCandidateEachTime()
    {
        foreach (var (model, _) in s_models)
        {
            var answer = await server.Client.CompleteAsync(new { prompt = Text, model, temperature = 0, max_tokens = 6, logprobs = 1 });

            var logprobs = answer.GetProperty("choices")[0].GetProperty("logprobs");
            var first = (await server.Client.PredictAsync(new { inputs = Text, model, top_k = 1 })).Results()[0].GetProperty("candidates")[0];
            Assert.Equal(first.GetProperty("token").GetString(), logprobs.GetProperty("tokens")[0].GetString());
            Assert.All(
                logprobs.GetProperty("tokens").EnumerateArray().Zip(logprobs.GetProperty("top_logprobs").EnumerateArray()),
                t => Assert.True(t.Second.TryGetProperty(t.First.GetString()!, out _)));
        }
    }

    private static JsonElement Candidates(JsonElement answer) => answer.Results()[0].GetProperty("candidates");

    // By id, and without the last: what is equally probable to the last digit may change places.
    private static void AssertSame(JsonElement expected, JsonElement actual)
    {
        var byId = actual.EnumerateArray().ToDictionary(c => c.GetProperty("id").GetInt32(), c => c.GetProperty("probability").GetDouble());
        foreach (var candidate in expected.EnumerateArray().SkipLast(50))
            Assert.Equal(candidate.GetProperty("probability").GetDouble(), byId[candidate.GetProperty("id").GetInt32()], Exact);
    }
}
