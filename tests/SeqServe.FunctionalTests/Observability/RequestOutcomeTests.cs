using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.Core.Diagnostics;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Observability;

public sealed class RequestOutcomeTests : IAsyncLifetime
{
    private FakeServer _fake = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _fake = await FakeServer.StartAsync();
        _client = _fake.Server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _fake.DisposeAsync();
    }

    [Fact]
    public async Task Outcome_OfAnAnswer_IsOk()
    {
        await _client.ClassifyAsync(new { inputs = "good" }).ReadAsync();

        await AssertOnlyAsync("ok", FakeServer.Model);
    }

    [Theory]
    [InlineData("""{"inputs":"good","model":"none"}""", "")]
    [InlineData("{", "")]
    [InlineData("""{"inputs":""}""", FakeServer.Model)]
    public async Task Outcome_OfTheClientsMistake_IsClientError(string body, string model)
    {
        (await _client.ClassifyRawAsync(body)).Dispose();

        await AssertOnlyAsync("client_error", model);
    }

    [Fact]
    public async Task Outcome_OfAFullQueue_IsOverloaded()
    {
        var held = await _fake.HoldOneAsync(_client);
        var first = _client.ClassifyAsync(new { inputs = new[] { "a", "b" } });
        var second = _client.ClassifyAsync(new { inputs = new[] { "c", "d" } });
        await (await Task.WhenAny(first, second)).AsProblemAsync(429, "overloaded");

        var page = await MetricsPage.ReadAsync(_client);

        Assert.Equal(1, page.Requests("overloaded"));
        Assert.Equal(2, page.Sum("seqserve_queue_depth"));
        Assert.Equal(2, page.Sum("seqserve_in_flight_requests"));
        Assert.True(page.Sum("seqserve_queue_tokens") >= 2);
        _fake.Backends.ReleaseRuns();
        await held.ReadAsync();
    }

    [Fact]
    public async Task Outcome_OfAPassedDeadline_IsDeadline()
    {
        _fake.Backends.HoldRuns();
        (await _client.SendAsync(HttpMethod.Post, Calls.Classify, new { inputs = "good" }, ("X-Request-Timeout-Ms", "5"))).Dispose();

        await AssertOnlyAsync("deadline", FakeServer.Model);
    }

    [Fact]
    public async Task Outcome_OfAFailingGraph_IsError()
    {
        _fake.Backends.BeforeRun = () => new BackendException("fails");
        (await _client.ClassifyAsync(new { inputs = "good" })).Dispose();

        await AssertOnlyAsync("error", FakeServer.Model);
    }

    [Fact]
    public async Task Outcome_OfAClientThatLeft_IsCancelled()
    {
        var counted = NextOutcomeAsync();
        using var leaving = new CancellationTokenSource();
        var left = await _fake.HoldOneAsync(_client, leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal("cancelled", await counted);
        await AssertOnlyAsync("cancelled", FakeServer.Model);
    }

    private async Task AssertOnlyAsync(string outcome, string model)
    {
        var page = await MetricsPage.ReadAsync(_client);
        var sample = Assert.Single(page.Samples, s => s.Name == "seqserve_requests_total");
        Assert.Equal((outcome, model, 1), (sample.Labels["outcome"], sample.Labels["model"], sample.Value));
        Assert.Equal(0, page.Sum("seqserve_in_flight_requests"));
    }

    // A client that has left reads no answer, so the count itself says when the server is done with its request.
    private async Task<string?> NextOutcomeAsync()
    {
        var counted = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var metrics = _fake.Server.Services.GetRequiredService<ServingMetrics>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (metrics.Owns(instrument.Meter) && instrument.Name == "seqserve.requests")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => counted.TrySetResult(tags.ToArray().First(t => t.Key == "outcome").Value?.ToString()));
        listener.Start();
        return await counted.Task;
    }
}
