using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using SeqServe.Core.Diagnostics;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Diagnostics;

public sealed class ServingMetricsTests : IDisposable
{
    private readonly TestMeterFactory _meters = new();
    private readonly ServingMetrics _metrics;

    public ServingMetricsTests() => _metrics = new ServingMetrics(_meters);

    public void Dispose()
    {
        _metrics.Dispose();
        _meters.Dispose();
    }

    [Theory]
    [InlineData(RequestOutcome.Ok, "ok")]
    [InlineData(RequestOutcome.ClientError, "client_error")]
    [InlineData(RequestOutcome.Overloaded, "overloaded")]
    [InlineData(RequestOutcome.Cancelled, "cancelled")]
    [InlineData(RequestOutcome.Deadline, "deadline")]
    [InlineData(RequestOutcome.Error, "error")]
    public void RequestEnded_ByOutcome_IsCountedUnderItsName(RequestOutcome outcome, string label)
    {
        using var requests = Collect<long>("seqserve.requests");
        using var durations = Collect<double>("seqserve.request.duration");
        using var model = _metrics.ForModel("a", 2, "classification");

        _metrics.RequestEnded(outcome, model, TimeSpan.FromMilliseconds(250));

        var request = Assert.Single(requests.GetMeasurementSnapshot());
        Assert.Equal(1, request.Value);
        Assert.Equal([("model", "a"), ("outcome", label), ("task", "classification"), ("version", "2")], Tags(request));
        var duration = Assert.Single(durations.GetMeasurementSnapshot());
        Assert.Equal(0.25, duration.Value);
        Assert.Equal(["model", "task", "version"], duration.Tags.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void RequestEnded_WithoutModel_HasEmptyLabelsAndNeverTheRequestsText()
    {
        using var requests = Collect<long>("seqserve.requests");

        _metrics.RequestEnded(RequestOutcome.ClientError, null, TimeSpan.Zero);
        _metrics.RequestEnded(RequestOutcome.Ok, null, TimeSpan.Zero);

        Assert.Equal(["client_error", "ok"], requests.GetMeasurementSnapshot().Select(m => m.Tags["outcome"]));
        Assert.All(requests.GetMeasurementSnapshot(), m => Assert.Equal("", m.Tags["model"]));
    }

    [Fact]
    public void RunEnded_OfABatch_CountsUsefulAndComputedTokens()
    {
        using var runs = Collect<long>("seqserve.runs");
        using var sizes = Collect<int>("seqserve.batch.size");
        using var useful = Collect<long>("seqserve.tokens.useful");
        using var computed = Collect<long>("seqserve.tokens.computed");
        using var model = _metrics.ForModel("a", 1, "classification");

        model.RunEnded(rows: 3, usefulTokens: 20, computedTokens: 24);

        Assert.Equal((1, 3, 20, 24), (Value(runs), Value(sizes), Value(useful), Value(computed)));
    }

    [Fact]
    public void RunFailed_OfABatch_CountsNothingElse()
    {
        using var failed = Collect<long>("seqserve.runs.failed");
        using var runs = Collect<long>("seqserve.runs");
        using var useful = Collect<long>("seqserve.tokens.useful");
        using var model = _metrics.ForModel("a", 1, "classification");

        model.RunFailed();

        Assert.Equal(1, Value(failed));
        Assert.Empty(runs.GetMeasurementSnapshot());
        Assert.Empty(useful.GetMeasurementSnapshot());
        Assert.Empty(model.Statistics.Read().Runs);
    }

    [Fact]
    public void Answered_OfARequest_RecordsEachStageInSeconds()
    {
        using var tokenize = Collect<double>("seqserve.tokenize.duration");
        using var queue = Collect<double>("seqserve.queue.duration");
        using var compute = Collect<double>("seqserve.compute.duration");
        using var model = _metrics.ForModel("a", 1, "classification");

        model.Answered(new InferenceTimings(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(300), 4));

        Assert.Equal((0.001, 0.02, 0.3), (Value(tokenize), Value(queue), Value(compute)));
    }

    [Fact]
    public void Gauges_OfAModel_AreReadAtEachScrapeUntilItIsGone()
    {
        using var depth = Collect<double>("seqserve.queue.depth");
        using var tokens = Collect<double>("seqserve.queue.tokens");
        using var inFlight = Collect<double>("seqserve.in_flight_requests");
        var model = _metrics.ForModel("a", 1, "classification");
        model.ObserveQueue(() => 5, () => 60);
        model.RequestEntered();
        model.RequestEntered();
        model.RequestLeft();

        Assert.Equal((5, 60, 1), (Scrape(depth), Scrape(tokens), Scrape(inFlight)));

        model.Dispose();
        depth.Clear();
        depth.RecordObservableInstruments();
        Assert.Empty(depth.GetMeasurementSnapshot());
    }

    [Fact]
    public void Owns_MeterOfAnotherHost_IsFalse()
    {
        using var other = new Meter(ServingMetrics.MeterName);

        Assert.False(_metrics.Owns(other));
        Assert.True(_metrics.Owns(_metrics.Requests.Meter));
    }

    private MetricCollector<T> Collect<T>(string instrument)
        where T : struct => new(_meters, ServingMetrics.MeterName, instrument);

    private static T Value<T>(MetricCollector<T> collector)
        where T : struct => Assert.Single(collector.GetMeasurementSnapshot()).Value;

    private static double Scrape(MetricCollector<double> collector)
    {
        collector.RecordObservableInstruments();
        return Value(collector);
    }

    private static IEnumerable<(string, string)> Tags(CollectedMeasurement<long> measurement) =>
        measurement.Tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Key, (string)t.Value!));
}
