using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.HuggingFace;

/// <summary>Folders as transformers and Optimum wrote them, without a manifest, and what transformers and PyTorch answer (Fixtures/HuggingFace).</summary>
public sealed class HuggingFaceModelsTests(HuggingFaceServer server) : IClassFixture<HuggingFaceServer>
{
    private const double Tolerance = 1e-4;

    private readonly HttpClient _client = server.Client;

    [Fact]
    public async Task Models_AsTheyLieInTheirFolders_AreReadyAndShareRuns()
    {
        var folders = Directory.EnumerateDirectories(HuggingFaceServer.Models).Where(folder => !File.Exists(Path.Combine(folder, "model.json")));
        Assert.Equal(8, folders.Count());
        foreach (var folder in folders.Select(Path.GetFileName))
        {
            var model = await _client.GetJsonAsync($"/v1/models/{folder}");
            Assert.Equal("Ready", model.GetProperty("versions")[0].GetProperty("state").GetString());
            Assert.Equal("independent", model.GetProperty("batching").GetProperty("rows").GetString());
        }
    }

    [Theory]
    [InlineData("bert-sentiment")]
    [InlineData("distilbert-intents")]
    [InlineData("roberta-emotions")]
    [InlineData("xlm-roberta-language")]
    public async Task Classify_EveryCase_IsWhatTransformersAnswers(string model)
    {
        foreach (var expected in Cases(model))
        {
            var top = expected.GetProperty("top").EnumerateArray().ToList();
            var result = (await Classify(model, new { inputs = expected.GetProperty("text"), model, truncate = true, top_k = top.Count }))[0];

            Assert.Equal(expected.GetProperty("ids").GetArrayLength(), result.GetProperty("input_tokens").GetInt32());
            foreach (var (scored, wanted) in result.GetProperty("scores").EnumerateArray().Zip(top))
            {
                Assert.Equal(wanted[0].GetString(), scored.GetProperty("label").GetString());
                Assert.Equal(wanted[1].GetDouble(), scored.GetProperty("score").GetDouble(), Tolerance);
            }
        }
    }

    [Theory]
    [InlineData("bert-sentiment")]
    [InlineData("distilbert-intents")]
    [InlineData("roberta-emotions")]
    [InlineData("xlm-roberta-language")]
    public async Task Classify_ManyOfMixedLengths_ComputesEachAsAlone(string model)
    {
        var cases = Cases(model).Take(32).ToList();
        var labels = cases[0].GetProperty("logits").GetArrayLength();
        var request = new { inputs = cases.Select(c => c.GetProperty("text")), model, truncate = true, top_k = labels, function_to_apply = "none" };

        var results = await Classify(model, request);

        foreach (var (result, expected) in results.Zip(cases))
        {
            var logits = result.GetProperty("scores").EnumerateArray().Select(score => score.GetProperty("score").GetDouble());
            var wanted = expected.GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble()).OrderDescending();
            Assert.All(logits.Zip(wanted), pair => Assert.Equal(pair.Second, pair.First, Tolerance));
        }
    }

    // Folders of a graph, a tokenizer.json and a model.json of nine lines, without a version folder.
    [Theory]
    [InlineData("torch-lstm-sentiment", "alone", "goes along the rows of the batch")]
    [InlineData("torch-gru-sentiment", "equal-lengths", "neither lengths nor a mask")]
    public async Task Classify_APyTorchModelWithAManifest_ComputesWhatPyTorchDoes(string model, string rows, string reason)
    {
        var cases = Cases(model).ToList();
        var request = new { inputs = cases.Select(c => c.GetProperty("text")), model, truncate = true, top_k = 2, function_to_apply = "none" };

        var results = await Classify(model, request);

        var batching = (await _client.GetJsonAsync($"/v1/models/{model}")).GetProperty("batching");
        Assert.Equal(rows, batching.GetProperty("rows").GetString());
        Assert.Contains(reason, batching.GetProperty("rows_reason").GetString(), StringComparison.Ordinal);
        foreach (var (result, expected) in results.Zip(cases))
        {
            var logits = result.GetProperty("scores").EnumerateArray().Select(score => score.GetProperty("score").GetDouble());
            var wanted = expected.GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble()).OrderDescending();
            Assert.All(logits.Zip(wanted), pair => Assert.Equal(pair.Second, pair.First, Tolerance));
        }
    }

    [Fact]
    public async Task Rerank_EveryCase_HasTheScoreOfTransformers()
    {
        const string Model = "bert-reranker";
        foreach (var of in Cases(Model).GroupBy(c => c.GetProperty("text")[0].GetString()))
        {
            var documents = of.Select(c => c.GetProperty("text")[1].GetString()).ToList();
            using var response = await _client.PostAsJsonAsync("/v1/rerank", new { model = Model, query = of.Key, documents, return_documents = true });
            var results = (await response.ReadJsonAsync()).GetProperty("results").EnumerateArray().ToList();

            Assert.Equal(results.Select(Score).OrderDescending(), results.Select(Score));
            foreach (var result in results)
            {
                var index = result.GetProperty("index").GetInt32();
                Assert.Equal(of.ElementAt(index).GetProperty("top")[0][1].GetDouble(), Score(result), Tolerance);
                Assert.Equal(documents[index], result.GetProperty("document").GetProperty("text").GetString());
            }
        }

        static double Score(JsonElement result) => result.GetProperty("relevance_score").GetDouble();
    }

    [Theory]
    [InlineData("none")]
    [InlineData("simple")]
    [InlineData("first")]
    public async Task Tag_EveryCase_IsWhatThePipelineAnswers(string aggregate)
    {
        const string Model = "bert-slots";
        foreach (var expected in Cases(Model))
        {
            var text = expected.GetProperty("text").GetString()!;
            using var response = await _client.PostAsJsonAsync("/v1/tag", new { model = Model, inputs = text, aggregate });
            var tags = (await response.ReadJsonAsync()).GetProperty("results")[0].GetProperty("tags").EnumerateArray().ToList();
            var wanted = expected.GetProperty("pipeline").GetProperty(aggregate).EnumerateArray().Select(tag => tag.EnumerateArray().ToList()).ToList();

            // Of a token: index, label, score, start, end; of an entity without the index. The fixture counts code points.
            Assert.Equal(
                wanted.Select(w => (w[^4].GetString(), Units(text, w[^2].GetInt32()), Units(text, w[^1].GetInt32()))),
                tags.Select(t => (t.GetProperty("label").GetString(), t.GetProperty("start").GetInt32(), t.GetProperty("end").GetInt32())));
            Assert.All(tags.Zip(wanted), pair => Assert.Equal(pair.Second[^3].GetDouble(), pair.First.GetProperty("score").GetDouble(), Tolerance));
            Assert.All(tags, t => Assert.Equal(text[t.GetProperty("start").GetInt32()..t.GetProperty("end").GetInt32()], t.GetProperty("text").GetString()));
        }
    }

    [Fact]
    public async Task Embed_EveryCase_IsTheVectorOfTransformers()
    {
        const string Model = "bert-sentences";
        var cases = Cases(Model).ToList();

        var request = new { model = Model, input = cases.Select(c => c.GetProperty("text")), truncate = true, encoding_format = "base64" };
        using var response = await _client.PostAsJsonAsync("/v1/embeddings", request);
        var answer = await response.ReadJsonAsync();

        Assert.Equal(cases.Sum(c => c.GetProperty("ids").GetArrayLength()), answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        foreach (var (item, expected) in answer.GetProperty("data").EnumerateArray().Zip(cases))
        {
            var vector = MemoryMarshal.Cast<byte, float>(item.GetProperty("embedding").GetBytesFromBase64()).ToArray();
            var wanted = expected.GetProperty("embedding").EnumerateArray().Select(number => number.GetDouble()).ToList();
            Assert.Equal(wanted.Count, vector.Length);
            Assert.All(vector.Zip(wanted), pair => Assert.Equal(pair.Second, pair.First, Tolerance));
        }
    }

    [Fact]
    public async Task Embed_TokenIdsAndDimensions_AreTakenAsOpenAIHasThem()
    {
        var expected = Cases("bert-sentences").First();
        var ids = expected.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToList();

        using var response = await _client.PostAsJsonAsync("/v1/embeddings", new { model = "bert-sentences", input = ids, dimensions = 8 });
        var vector = (await response.ReadJsonAsync()).GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(n => n.GetDouble()).ToList();

        var wanted = expected.GetProperty("embedding").EnumerateArray().Take(8).Select(n => n.GetDouble()).ToList();
        var length = Math.Sqrt(wanted.Sum(n => n * n));
        Assert.Equal(8, vector.Count);
        Assert.All(vector.Zip(wanted), pair => Assert.Equal(pair.Second / length, pair.First, Tolerance));
    }

    [Theory]
    [InlineData("/v1/rerank", """{ "model": "bert-sentiment", "query": "a", "documents": ["b"] }""", "tells 2 labels apart")]
    [InlineData("/v1/rerank", """{ "query": "a", "documents": ["b"] }""", "model: is missing")]
    [InlineData("/v1/rerank", """{ "model": "bert-reranker", "documents": ["b"] }""", "query: is missing")]
    [InlineData("/v1/rerank", """{ "model": "bert-reranker", "query": "a", "documents": [], "top_n": 1 }""", "documents: is an empty array")]
    [InlineData("/v1/rerank", """{ "model": "bert-reranker", "query": "a", "documents": ["b"], "top_n": 0 }""", "top_n: must be 1 or more")]
    [InlineData("/v1/tag", """{ "model": "bert-slots", "inputs": "a", "aggregate": "last" }""", "aggregate: must be one of none, simple")]
    [InlineData("/v1/tag", """{ "model": "bert-slots", "inputs": " " }""", "has nothing to read")]
    [InlineData("/v1/classify", """{ "model": "bert-sentiment", "inputs": ["a", "b"], "text_pair": "c" }""", "text_pair: must be an array of 2 strings")]
    [InlineData("/v1/classify", """{ "model": "bert-sentiment", "inputs": "a", "function_to_apply": "tanh" }""", "must be one of softmax, sigmoid, none")]
    public async Task Post_WhatCannotBeAnswered_SaysWhatToChange(string path, string body, string expected)
    {
        using var response = await _client.SendRawAsync(path, body);

        Assert.InRange((int)response.StatusCode, 400, 422);
        Assert.Contains(expected, (await response.ReadJsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "model": "bert-sentences", "input": "a", "encoding_format": "hex" }""", "encoding_format: must be float or base64")]
    [InlineData("""{ "model": "bert-sentences", "input": "a", "dimensions": 65 }""", "dimensions: must be in 1–64")]
    [InlineData("""{ "model": "bert-sentences", "input": [2000] }""", "holds the id 2000")]
    [InlineData("""{ "model": "bert-sentiment", "input": "a" }""", "is a model of task \"classification\"")]
    public async Task Embed_WhatCannotBeAnswered_SaysWhatToChangeInOpenAIsShape(string body, string expected)
    {
        using var response = await _client.SendRawAsync("/v1/embeddings", body);

        Assert.InRange((int)response.StatusCode, 400, 404);
        Assert.Contains(expected, (await response.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static int Units(string text, int codePoints) => text.EnumerateRunes().Take(codePoints).Sum(rune => rune.Utf16SequenceLength);

    private static JsonElement.ArrayEnumerator Cases(string model) => HuggingFaceServer.Cases(model);

    private async Task<List<JsonElement>> Classify(string model, object request)
    {
        using var response = await _client.ClassifyAsync(request);
        var answer = await response.ReadJsonAsync();
        Assert.Equal(model, answer.GetProperty("model").GetString());
        return [.. answer.GetProperty("results").EnumerateArray()];
    }
}

/// <summary>A server whose repository is the folder of the fixtures.</summary>
public sealed class HuggingFaceServer : IAsyncLifetime
{
    private SeqServer _server = null!;

    public static string Fixtures { get; } = Path.Combine(RepositoryRoot.Folder, "tests", "SeqServe.FunctionalTests", "Fixtures", "HuggingFace");

    public static string Models { get; } = Path.Combine(Fixtures, "models");

    public HttpClient Client { get; private set; } = null!;

    /// <summary>What a model must answer.</summary>
    public static JsonElement.ArrayEnumerator Cases(string model) => JsonSerializer.Deserialize<JsonElement>(
        File.ReadAllText(Path.Combine(Fixtures, "expected", $"{model}.json"))).GetProperty("cases").EnumerateArray();

    public async Task InitializeAsync()
    {
        _server = await new SeqServer(new Dictionary<string, string> { ["SeqServe:ModelRepository"] = Models }).StartAsync();
        Client = _server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }
}
