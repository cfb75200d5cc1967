using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Registry;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Streaming;

/// <summary>Shipped models over real sockets, among callers who leave in the middle and callers who read nothing.</summary>
public sealed class ShippedStreamTests : IAsyncLifetime
{
    private const string Translate = "/v1/translate";
    private const string Sentence = "When I came home yesterday, my sister had already gone to bed.";

    private readonly SeqServer _server = new SeqServer(new Dictionary<string, string>
    {
        ["SeqServe:MeasurePlans"] = "false",
        ["SeqServe:Models:0"] = "lm-rnn",
        ["SeqServe:Models:1"] = "lm-transformer",
        ["SeqServe:Models:2"] = "en-fr-attention",
        ["SeqServe:Models:3"] = "en-fr-transformer",
    }).OverKestrel();

    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _client = _server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("lm-rnn")]
    [InlineData("lm-transformer")]
    public async Task Completion_AmongCallersWhoLeaveOrReadNothing_IsAsAlone(string model)
    {
        object Ask(int seed, bool stream) =>
            new { model, prompt = "The old man", seed, max_tokens = 48, stream, logit_bias = new Dictionary<string, int> { ["3"] = -100 } };
        Task<JsonElement> Complete() => _client.CompleteAsync(Ask(5, false));
        var alone = (await Complete()).Texts();

        await AmongOthers(model, LanguageModelCalls.Completions, seed => Ask(seed, true), async () => Assert.Equal(alone, (await Complete()).Texts()));
    }

    [Theory]
    [InlineData("en-fr-attention")]
    [InlineData("en-fr-transformer")]
    public async Task Translation_AmongCallersWhoLeaveOrReadNothing_IsAsAlone(string model)
    {
        async Task<string?> Ask() =>
            (await _client.PostJsonAsync(Translate, new { model, inputs = Sentence }).ReadAsync())
                .Results()[0].GetProperty("translation").GetString();
        var alone = await Ask();

        await AmongOthers(
            model,
            Translate,
            i => new { model, inputs = Enumerable.Repeat($"{Sentence} It was {i} o'clock.", 8), stream = true },
            async () => Assert.Equal(alone, await Ask()));
    }

    private async Task AmongOthers(string model, string path, Func<int, object> stream, Func<Task> check)
    {
        var unread = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _client.OpenStreamAsync(path, stream(i))));
        var leaving = Enumerable.Range(4, 8).Select(i => LeaveAsync(path, stream(i))).ToList();
        for (var i = 0; i < 4; i++)
            await check();
        await Task.WhenAll(leaving);
        foreach (var response in unread)
            response.Dispose();

        await Eventually.IsTrueAsync(() => InFlight(model) == 0);
        await check();
    }

    private async Task LeaveAsync(string path, object body)
    {
        using var response = await _client.OpenStreamAsync(path, body);
        await using var content = await response.Content.ReadAsStreamAsync();
        Assert.True(await content.ReadAsync(new byte[16]) > 0);
    }

    private int InFlight(string model) => _server.Services.GetRequiredService<ModelRegistry>().Describe(model).Versions[0].Served!.Metrics.InFlight;
}
