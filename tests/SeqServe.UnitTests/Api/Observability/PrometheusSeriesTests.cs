using System.Diagnostics.Metrics;
using SeqServe.Api.Observability;

namespace SeqServe.UnitTests.Api.Observability;

public sealed class PrometheusSeriesTests : IDisposable
{
    private readonly Meter _meter = new("test");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void NameOf_Counter_EndsWithTotal() =>
        Assert.Equal("seqserve_tokens_useful_total", PrometheusSeries.NameOf(_meter.CreateCounter<long>("seqserve.tokens.useful", "{token}")));

    [Fact]
    public void NameOf_Seconds_EndsWithTheUnit() =>
        Assert.Equal("seqserve_request_duration_seconds", PrometheusSeries.NameOf(_meter.CreateHistogram<double>("seqserve.request.duration", "s")));

    [Fact]
    public void NameOf_Gauge_IsTheName() =>
        Assert.Equal("seqserve_queue_depth", PrometheusSeries.NameOf(_meter.CreateObservableGauge("seqserve.queue.depth", () => 0.0, "{row}")));

    [Fact]
    public void NameOf_Bytes_EndsWithTheUnitBeforeTotal() =>
        Assert.Equal("sent_bytes_total", PrometheusSeries.NameOf(_meter.CreateCounter<long>("sent", "By")));
}
