using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Text.Json;
using OpenAI;
using OpenAI.Models;
using SeqServe.FunctionalTests.Facades.Native;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenAI;

/// <summary>
/// OpenAI's own .NET client against a running server. Its public part has models; its completions are internal since 2.0, so requests go through the client's
/// public pipeline (its addresses, keys, retries and failures), and answers are read by its own internal reader.
/// </summary>
public sealed class OpenAIClientTests(LanguageModelSuite suite) : IClassFixture<LanguageModelSuite>
{
    private readonly OpenAIClient _client = new(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(suite.Client.BaseAddress!, "/v1") });

    [Fact]
    public async Task Models_Listed_AreThoseOfTheRepository()
    {
        OpenAIModelCollection models = await _client.GetOpenAIModelClient().GetModelsAsync();

        Assert.Equal(["broken", "cached", "lm", "other"], models.Select(m => m.Id).Order());
        Assert.All(models, m => Assert.Equal("seqserve", m.OwnedBy));
        Assert.All(models, m => Assert.True(m.CreatedAt > DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public async Task Model_ByName_IsFoundOrNot()
    {
        OpenAIModel model = await _client.GetOpenAIModelClient().GetModelAsync("lm");
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => _client.GetOpenAIModelClient().GetModelAsync("none"));

        Assert.Equal("lm", model.Id);
        Assert.Equal(404, failure.Status);
    }

    [Fact]
    public async Task Completion_ReadByTheClientsOwnReader_HasTextLogprobsAndUsage()
    {
        var response = await SendAsync(new { model = "lm", prompt = "the clouds are in the", max_tokens = 5, temperature = 0, logprobs = 2 });

        var read = ModelReaderWriter.Read(
            response.Content,
            typeof(OpenAIClient).Assembly.GetType("OpenAI.LegacyCompletions.InternalCreateCompletionResponse", throwOnError: true)!)!;

        var choice = Assert.Single(((System.Collections.IEnumerable)Property(read, "Choices")).Cast<object>());
        Assert.NotEmpty((string)Property(choice, "Text"));
        Assert.Equal(5, ((System.Collections.ICollection)Property(Property(choice, "Logprobs"), "Tokens")).Count);
        Assert.Equal("length", Property(choice, "FinishReason").ToString());
        Assert.Equal(5, Property(Property(read, "Usage"), "CompletionTokens"));
        Assert.Equal("lm", Property(read, "Model"));
    }

    [Fact]
    public async Task Completion_Streamed_IsReadChunkByChunk()
    {
        var response = await SendAsync(new { model = "lm", prompt = "the clouds", max_tokens = 6, temperature = 0, stream = true }, buffer: false);

        var events = new List<string>();
        await foreach (var item in SseParser.Create(response.ContentStream!).EnumerateAsync())
            events.Add(item.Data);

        Assert.Equal("[DONE]", events[^1]);
        var text = string.Concat(
            events.SkipLast(1)
                .Select(e => JsonSerializer.Deserialize<JsonElement>(e).GetProperty("choices")[0].GetProperty("text").GetString()));
        var whole = await suite.Client.CompleteAsync(new { prompt = "the clouds", max_tokens = 6, temperature = 0 });
        Assert.Equal(whole.Texts()[0], text);
    }

    [Fact]
    public async Task Completion_Refused_IsToldInTheClientsWords()
    {
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => SendAsync(new { model = "lm", prompt = "the clouds", max_tokens = 1000 }));

        Assert.Equal(400, failure.Status);
        var error = failure.GetRawResponse()!.Content.ToObjectFromJson<JsonElement>().GetProperty("error");
        Assert.Equal("max_tokens", error.GetProperty("param").GetString());
        Assert.Equal("invalid_request", error.GetProperty("code").GetString());
    }

    private async Task<PipelineResponse> SendAsync(object body, bool buffer = true)
    {
        using var message = _client.Pipeline.CreateMessage();
        message.BufferResponse = buffer;
        message.Request.Method = "POST";
        message.Request.Uri = new Uri(suite.Client.BaseAddress!, LanguageModelCalls.Completions);
        message.Request.Headers.Set("Content-Type", "application/json");
        message.Request.Content = BinaryContent.Create(BinaryData.FromObjectAsJson(body));
        await _client.Pipeline.SendAsync(message);
        if (message.Response!.IsError)
            throw await ClientResultException.CreateAsync(message.Response);
        return message.ExtractResponse()!;
    }

    private static object Property(object of, string name) =>
        of.GetType()
            .GetProperty(
                name,
                System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic)!
            .GetValue(of)!;
}
