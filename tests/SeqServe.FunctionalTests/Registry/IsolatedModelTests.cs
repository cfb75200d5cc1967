using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Hosting;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport.Onnx;
using Serilog.Core;
using Serilog.Events;

namespace SeqServe.FunctionalTests.Registry;

/// <summary>Graphs that some input makes end their process, beside one that serves on.</summary>
public sealed class IsolatedModelTests : IAsyncLifetime
{
    private const string Remainder = "remainder";
    private const string Same = "same";
    private const string Asked = "asked";
    private const string One = """{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]}""";

    private static readonly string s_fine = Numbers(7, 3);
    private static readonly string s_deadly = Numbers(int.MinValue, -1);

    private static readonly byte[] s_identity = OnnxGraph.Identity([new("x", OnnxGraph.FloatType, 0, 2)], (new("y", OnnxGraph.FloatType, 0, 2), "x"));

    // Of what the graph makes of its inputs: where it divides them as they are, the server refuses what has no result.
    private static readonly byte[] s_remainder = OnnxGraph.Of(
        [new("a", OnnxGraph.IntType, 0), new("b", OnnxGraph.IntType, 0)],
        [new("r", OnnxGraph.IntType, 0)],
        [new OnnxNode("Identity", ["b"], ["d"]), new OnnxNode("Mod", ["a", "d"], ["r"])]);

    // r = the smallest number mod -x: the probe's 1 ends the process.
    private static readonly byte[] s_deadAtOnce = OnnxGraph.Of(
        [new("x", OnnxGraph.LongType, 0)],
        [new("r", OnnxGraph.LongType, 0)],
        [new OnnxNode("Neg", ["x"], ["n"]), new OnnxNode("Mod", ["least", "n"], ["r"])],
        new OnnxWeights("least", [1], long.MinValue));

    private readonly TemporaryRepository _repository = new TemporaryRepository().WithBare(Remainder, s_remainder).WithBare(Same, s_identity);
    private readonly CapturedLog _log = new();
    private SeqServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _repository.WithBare(Asked, s_identity);
        const string Manifest = """{ "name": "asked", "task": "tensor", "instances": { "isolation": "process" } }""";
        File.WriteAllText(Path.Combine(_repository.Path, Asked, "model.json"), Manifest);
        var settings = _repository.Settings;
        settings["Serilog:MinimumLevel:Default"] = "Information";
        _server = await new SeqServer(settings, services => services.AddSingleton<ILogEventSink>(_log)).StartAsync();
        _client = _server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _repository.Dispose();
    }

    [Fact]
    public async Task Infer_ThatEndsTheModelsProcess_Is500AndTheNextIsAnswered()
    {
        var reason = await _client.InferAsync(Remainder, s_deadly).ErrorAsync(500);

        Assert.Contains("process ended (signal 8", reason, StringComparison.Ordinal);
        Assert.Contains("is being restarted", reason, StringComparison.Ordinal);
        Assert.Equal(1, await RemainderAsync());
        Assert.Equal("[1,2]", (await _client.InferAsync(Same, One).ReadAsync()).Outputs()["y"].GetProperty("data").GetRawText());
        var page = await MetricsPage.ReadAsync(_client);
        Assert.Equal(1, page.Sum("seqserve_worker_restarts_total", ("model", Remainder), ("version", "1"), ("task", "tensor")));
        Assert.Equal(1, page.Requests("error"));
    }

    [Fact]
    public async Task Infer_BehindOneThatEndsTheProcess_IsAnsweredByTheNextProcess()
    {
        var dead = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => _client.InferAsync(Remainder, s_deadly).ErrorAsync(500)));
        var fine = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RemainderAsync()));

        Assert.All(await fine, remainder => Assert.Equal(1, remainder));
        Assert.All(await dead, reason => Assert.Contains("signal 8", reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Infer_AfterTheProcessWasKilled_IsAnswered()
    {
        using (var process = Process.GetProcessById(ProcessesOf(Remainder).Single()))
            process.Kill();

        Assert.Equal(1, await RemainderAsync());
    }

    [Fact]
    public async Task Models_InProcessesOfTheirOwn_AreThoseThatNeedOrAskForOne()
    {
        Assert.Empty(ProcessesOf(Same));
        Assert.Single(ProcessesOf(Remainder));
        Assert.Single(ProcessesOf(Asked));
        Assert.Equal("[1,2]", (await _client.InferAsync(Asked, One).ReadAsync()).Outputs()["y"].GetProperty("data").GetRawText());
        foreach (var (model, rows, isolation) in new[] { (Remainder, "alone", "process"), (Same, "equal-shapes", "none"), (Asked, "alone", "process") })
        {
            var description = await _client.GetJsonAsync($"/v1/models/{model}");
            Assert.Equal(rows, description.GetProperty("batching").GetProperty("rows").GetString());
            Assert.Equal(isolation, description.GetProperty("sessions").GetProperty("isolation").GetString());
        }
    }

    [Fact]
    public async Task Unload_OfAModel_EndsItsProcess()
    {
        var process = ProcessesOf(Remainder).Single();

        (await _client.SendAsync(HttpMethod.Post, $"/v1/models/{Remainder}/unload", null)).EnsureSuccessStatusCode();

        await Eventually.IsTrueAsync(() => !IsAlive(process));
    }

    [Fact]
    public async Task Dispose_OfTheServer_EndsTheProcesses()
    {
        int[] processes = [.. ProcessesOf(Remainder), .. ProcessesOf(Asked)];
        Assert.All(processes, process => Assert.True(IsAlive(process)));

        await _server.DisposeAsync();

        await Eventually.IsTrueAsync(() => !processes.Any(IsAlive));
    }

    [Fact]
    public async Task Load_OfAGraphThatEndsItsProcessAtOnce_MakesItUnavailableWithTheReason()
    {
        _repository.WithBare("dead", s_deadAtOnce);

        using var answer = await _client.SendAsync(HttpMethod.Post, "/v1/models/dead/load", null);

        Assert.Contains("signal 8", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("Unavailable", (await _client.GetJsonAsync("/v1/models/dead")).GetProperty("versions")[0].GetProperty("state").GetString());
        Assert.Equal(1, await RemainderAsync());
    }

    [Fact]
    public void Validate_OfAGraphThatEndsItsProcess_SaysSoAndGoesOn()
    {
        _repository.WithBare("dead", s_deadAtOnce);
        using var output = new StringWriter();

        var code = ValidateCommand.Run(["validate", _repository.Path], output);

        Assert.Equal(1, code);
        Assert.Contains("dead: cannot be served", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("signal 8", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("3 of 4 models can be served", output.ToString(), StringComparison.Ordinal);
    }

    private static string Numbers(int a, int b) => $$"""
        {"inputs": [{"name": "a", "shape": [1], "datatype": "INT32", "data": [{{a}}]}, {"name": "b", "shape": [1], "datatype": "INT32", "data": [{{b}}]}]}
        """;

    private async Task<int> RemainderAsync() =>
        (await _client.InferAsync(Remainder, s_fine).ReadAsync()).Outputs()["r"].GetProperty("data")[0].GetInt32();

    private int[] ProcessesOf(string model) =>
    [
        .. _log.Lines.Where(line => line.MessageTemplate.Text.StartsWith("Model {Model} runs in process", StringComparison.Ordinal)
                && ((ScalarValue)line.Properties["Model"]).Value is string owner && owner == $"{model} version 1")
            .Select(line => (int)((ScalarValue)line.Properties["Process"]).Value!),
    ];

    private static bool IsAlive(int id)
    {
        try
        {
            Process.GetProcessById(id).Dispose();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
