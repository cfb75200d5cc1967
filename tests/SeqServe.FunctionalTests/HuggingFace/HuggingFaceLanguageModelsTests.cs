using System.Net.Http.Json;
using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.HuggingFace;

/// <summary>A folder of GPT-2 as Optimum wrote it, and what transformers answers (Fixtures/HuggingFace).</summary>
public sealed class HuggingFaceLanguageModelsTests(HuggingFaceServer server) : IClassFixture<HuggingFaceServer>
{
    private const string Model = "gpt2-stories";
    private const double Tolerance = 1e-4;

    private static readonly List<JsonElement> s_cases = [.. HuggingFaceServer.Cases(Model)];

    private readonly HttpClient _client = server.Client;

    [Fact]
    public async Task NextToken_AllCasesInOneRequest_AreWhatTransformersAnswers()
    {
        using var response = await _client.PostAsJsonAsync("/v1/next-token", new { model = Model, inputs = s_cases.Select(Prompt), top_k = 10 });
        var results = (await response.ReadJsonAsync()).GetProperty("results").EnumerateArray().ToList();

        foreach (var (result, expected) in results.Zip(s_cases))
        {
            Assert.Equal(Ids(expected, "ids").Count, result.GetProperty("input_tokens").GetInt32());
            foreach (var (candidate, wanted) in result.GetProperty("candidates").EnumerateArray().Zip(expected.GetProperty("next").EnumerateArray()))
            {
                Assert.Equal(wanted[0].GetInt32(), candidate.GetProperty("id").GetInt32());
                Assert.Equal(wanted[2].GetDouble(), candidate.GetProperty("log_probability").GetDouble(), Tolerance);
            }
        }
    }

    [Fact]
    public async Task Complete_AllCasesAtOnceAndAlone_WriteWhatTransformersWrites()
    {
        var together = await Task.WhenAll(s_cases.Select(Complete));
        foreach (var (answer, expected) in together.Zip(s_cases))
            AssertIsTransformers(answer, expected);
        foreach (var expected in s_cases.Take(5))
            AssertIsTransformers(await Complete(expected), expected);
    }

    [Fact]
    public async Task Score_AllCasesInOneRequest_HaveTheLogProbabilitiesOfTransformers()
    {
        // Of a single token nothing can be said: nothing stands before it.
        var cases = s_cases.Where(c => Ids(c, "ids").Count > 1).ToList();

        using var response = await _client.PostAsJsonAsync("/v1/score", new { model = Model, inputs = cases.Select(Prompt) });
        var results = (await response.ReadJsonAsync()).GetProperty("results").EnumerateArray().ToList();

        Assert.Equal(cases.Count, results.Count);
        foreach (var (result, expected) in results.Zip(cases))
        {
            var scores = result.GetProperty("tokens").EnumerateArray().Select(token => token.GetProperty("log_probability").GetDouble());
            AssertNear(expected.GetProperty("prompt_log_probs"), scores);
        }
    }

    [Fact]
    public async Task Score_ASingleToken_IsRefusedWithWhatToSend()
    {
        using var response = await _client.PostAsJsonAsync("/v1/score", new { model = Model, inputs = "a" });

        Assert.Contains("send a longer text", (await response.ReadJsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Complete_MoreThanThereIsRoomFor_SaysHowMuchThereIs()
    {
        using var response = await _client.PostAsJsonAsync("/v1/completions", new { model = Model, prompt = "Once upon a time", max_tokens = 127 });

        Assert.Contains(
            "the model takes 128 in all", (await response.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Complete_UpToTheLastPosition_EndsThere()
    {
        // The end token is not drawn.
        var bias = new Dictionary<string, int> { ["0"] = -100 };
        var request = new { model = Model, prompt = "Once upon a time", max_tokens = 124, temperature = 0, logit_bias = bias };

        using var response = await _client.PostAsJsonAsync("/v1/completions", request);
        var answer = await response.ReadJsonAsync();

        Assert.Equal("length", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(124, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    private static string Prompt(JsonElement expected) => expected.GetProperty("prompt").GetString()!;

    private static List<int> Ids(JsonElement expected, string key) => [.. expected.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];

    private static void AssertNear(JsonElement expected, IEnumerable<double> actual)
    {
        var wanted = expected.EnumerateArray().Select(number => number.GetDouble()).ToList();
        var given = actual.ToList();
        Assert.Equal(wanted.Count, given.Count);
        Assert.All(wanted.Zip(given), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    private async Task<JsonElement> Complete(JsonElement expected)
    {
        var request = new { model = Model, prompt = Prompt(expected), max_tokens = 24, temperature = 0, echo = true, logprobs = 0 };
        using var response = await _client.PostAsJsonAsync("/v1/completions", request);
        return await response.ReadJsonAsync();
    }

    private static void AssertIsTransformers(JsonElement answer, JsonElement expected)
    {
        var choice = answer.GetProperty("choices")[0];
        Assert.Equal(expected.GetProperty("text").GetString(), choice.GetProperty("text").GetString());
        Assert.Equal(Ids(expected, "greedy").Count, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        var scores = choice.GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray().ToList();
        AssertNear(expected.GetProperty("prompt_log_probs"), scores.Skip(1).Take(Ids(expected, "ids").Count - 1).Select(score => score.GetDouble()));
    }
}
