using System.Diagnostics;
using System.Net;
using System.Text;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;
using TemporaryRepository = SeqServe.FunctionalTests.Support.TemporaryRepository;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Rest;

/// <summary>Graphs with a loop that takes as long as a client or its maker says, beside a good model.</summary>
public sealed class EndlessRunTests : IAsyncLifetime
{
    private const string Loop = "loop";
    private const string Endless = "endless";
    private const string Good = "good";
    private const long Ages = 1L << 40;
    private const int BoolType = 9;

    private readonly TemporaryRepository _repository = new();
    private SeqServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        WriteLoop(Loop, [new("x", OnnxGraph.FloatType, 0, 2), new("n", OnnxGraph.LongType)]);
        WriteLoop(Endless, [new("x", OnnxGraph.FloatType, 0, 2)], new OnnxWeights("n", [], Ages));
        Write(Good, OnnxGraph.Identity([new("x", OnnxGraph.FloatType, 0, 2)], (new("y", OnnxGraph.FloatType, 0, 2), "x")));
        var settings = _repository.Settings;
        settings["SeqServe:MeasurePlans"] = "false";
        settings["SeqServe:ProbeTimeout"] = "00:00:02";
        settings["SeqServe:DrainTimeout"] = "00:00:01";
        _server = await new SeqServer(settings).OverKestrel().StartAsync();
        _client = _server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _repository.Dispose();
    }

    [Fact]
    public async Task Load_OfAGraphWithoutAnEnd_IsUnavailableAndSaysSo()
    {
        var model = await _client.GetJsonAsync($"/v1/models/{Endless}");

        var version = model.GetProperty("versions")[0];
        Assert.Equal("Unavailable", version.GetProperty("state").GetString());
        Assert.Contains("took longer than 2 s", version.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_RunsWithoutAnEnd_EndAtTheirDeadlineAndHoldUpNoOtherModel()
    {
        var late = Enumerable.Range(0, 4).Select(_ => _client.InferAsync(Loop, Ask(Ages), ("X-Request-Timeout-Ms", "3000")).ErrorAsync(504)).ToList();

        for (var i = 0; i < 5; i++)
            Assert.Equal("[1,2]", (await _client.InferAsync(Good, Ask()).ReadAsync()).Outputs()["y"].GetProperty("data").GetRawText());
        Assert.All(late, call => Assert.False(call.IsCompleted));
        await Patience.Wait(Task.WhenAll(late));

        Assert.Equal("[3,4]", (await _client.InferAsync(Loop, Ask(2)).ReadAsync()).Outputs()["y"].GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Infer_CallersThatLeave_FreeTheModelForOthers()
    {
        using var leaving = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 4).Select(_ => PostAsync(Ask(Ages), leaving.Token)).ToList();
        await _client.InferAsync(Good, Ask()).ReadAsync();
        await leaving.CancelAsync();
        foreach (var call in calls)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        Assert.Equal("[3,4]", (await _client.InferAsync(Loop, Ask(2)).ReadAsync()).Outputs()["y"].GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Unload_WhileARunHasNoEnd_EndsItAfterTheTimeOfADrain()
    {
        var running = _client.InferAsync(Loop, Ask(Ages)).ErrorAsync(503);
        await _client.InferAsync(Good, Ask()).ReadAsync();

        using var unloaded = await Patience.Wait(_client.PostAsync(new Uri($"/v2/repository/models/{Loop}/unload", UriKind.Relative), null));

        Assert.Equal(HttpStatusCode.OK, unloaded.StatusCode);
        Assert.Contains("unloaded", await Patience.Wait(running), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WhileRunsHaveNoEnd_IsDoneSoonAfterTheDrain()
    {
        var running = Enumerable.Range(0, 2).Select(_ => _client.InferAsync(Loop, Ask(Ages))).ToList();
        await _client.InferAsync(Good, Ask()).ReadAsync();
        var watch = Stopwatch.StartNew();

        await _server.DisposeAsync();

        // A drain of a second; nothing ended the server before, so that only a failing test gets near this.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Patience.Limit);
        foreach (var call in running)
            await Task.WhenAny(call);
    }

    private async Task PostAsync(string json, CancellationToken cancellation)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync(new Uri(OpenInferenceCalls.InferPath(Loop), UriKind.Relative), content, cancellation);
    }

    private static string Ask(long? count = null)
    {
        var n = count is null ? "" : $$""", {"name": "n", "shape": [], "datatype": "INT64", "data": [{{count}}]}""";
        return $$"""{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}{{n}}]}""";
    }

    // y = x + n, by adding 1 n times.
    private void WriteLoop(string model, IReadOnlyList<OnnxTensor> inputs, params OnnxWeights[] weights)
    {
        var body = OnnxGraph.Graph(
            [new("i", OnnxGraph.LongType), new("c", BoolType), new("v", OnnxGraph.FloatType, null)],
            [new("c_out", BoolType), new("v_out", OnnxGraph.FloatType, null)],
            [new OnnxNode("Identity", ["c"], ["c_out"]), new OnnxNode("Add", ["v", "step"], ["v_out"])],
            new OnnxWeights("step", [], 1f));
        var loop = new OnnxNode("Loop", ["n", "", "x"], ["y"]) { Attributes = new Dictionary<string, object> { ["body"] = body } };
        Write(model, OnnxGraph.Of(inputs, [new("y", OnnxGraph.FloatType, 0, 2)], [loop], weights));
    }

    private void Write(string model, byte[] graph)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_repository.Path, model, "1")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph);
    }
}
