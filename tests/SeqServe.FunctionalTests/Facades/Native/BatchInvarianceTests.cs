using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

[Collection(ShippedSuite.Name)]
public sealed class BatchInvarianceTests(ShippedServer server)
{
    private const double Tolerance = 1e-5;
    private static readonly IReadOnlyList<string> s_texts = FixtureTexts.MixedLengths(64, maxTokens: 256);

    public static TheoryData<string> Classifiers => Shipped.Classifiers;

    [Fact]
    public void Texts_OfTheFixture_AreOfManyLengths() => Assert.True(s_texts.Select(t => t.Length).Distinct().Count() > 20);

    [Theory]
    [MemberData(nameof(Classifiers))]
    public async Task Array_OfMixedLengths_EqualsTheSoloAnswers(string model)
    {
        var together = await server.Client.ClassifyAsync(Request(s_texts, model)).ReadAsync();

        Assert.True(together.GetProperty("timings").GetProperty("batch_size").GetInt32() > 1, "The texts did not share a batch.");
        AssertEqual(await SoloAsync(model), together.Results());
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public async Task ConcurrentRequests_OfMixedLengths_EqualTheSoloAnswers(string model)
    {
        var answers = await Task.WhenAll(s_texts.Select(text => server.Client.ClassifyAsync(Request(text, model)).ReadAsync()));

        AssertEqual(await SoloAsync(model), [.. answers.Select(a => a.Results()[0])]);
    }

    // All labels: of many, the last of the best few may change places with the next.
    private static object Request(object inputs, string model) => new { inputs, model, truncate = true, top_k = Shipped.Labels(model).Count };

    private async Task<List<JsonElement>> SoloAsync(string model)
    {
        var solo = new List<JsonElement>();
        foreach (var text in s_texts)
        {
            var answer = await server.Client.ClassifyAsync(Request(text, model)).ReadAsync();
            Assert.Equal(1, answer.GetProperty("timings").GetProperty("batch_size").GetInt32());
            solo.Add(answer.Results()[0]);
        }

        return solo;
    }

    private static void AssertEqual(List<JsonElement> solo, JsonElement[] together)
    {
        Assert.Equal(solo.Count, together.Length);
        for (var i = 0; i < together.Length; i++)
        {
            Assert.Equal(solo[i].GetProperty("input_tokens").GetInt32(), together[i].GetProperty("input_tokens").GetInt32());
            var scores = together[i].Scores();
            foreach (var (label, score) in solo[i].Scores())
                Assert.True(Math.Abs(score - scores[label]) <= Tolerance, $"\"{s_texts[i]}\": {label} is {score} alone, {scores[label]} with others.");
        }
    }
}
