using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Prometheus;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Api.Observability;

/// <summary>
/// Shows the server's meter on the Prometheus page. Own code in place of the library's MeterAdapter, since that shows counters as gauges, and <c>rate()</c> and
/// the documented metric types need counters. (That it drops idle series and knows no buckets of an instrument could be configured.)
/// </summary>
internal sealed class PrometheusBridge : IDisposable
{
    private readonly ConcurrentDictionary<Instrument, PrometheusSeries> _series = new();
    private readonly Lock _scrape = new();
    private readonly MeterListener _listener = new();
    private readonly MetricFactory _factory;

    /// <summary>Starts to listen to the meter of these metrics.</summary>
    /// <param name="metrics">Named as a dependency so that its instruments exist before the first scrape.</param>
    /// <param name="registry">The page.</param>
    public PrometheusBridge(ServingMetrics metrics, CollectorRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _factory = Metrics.WithCustomRegistry(registry);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other hosts of the process (tests) have meters of the same name.
            if (metrics.Owns(instrument.Meter))
                listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument, i => new PrometheusSeries(_factory, i)));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((PrometheusSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((PrometheusSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((PrometheusSeries)state!).Record(value, tags));
        _listener.Start();
        registry.AddBeforeCollectCallback(Observe);
    }

    public void Dispose() => _listener.Dispose();

    private void Observe()
    {
        // Two scrapers may ask at once; what one of them sees must not be what the other has half cleared.
        lock (_scrape)
        {
            foreach (var series in _series.Values)
                series.BeginObservation();
            _listener.RecordObservableInstruments();
            foreach (var series in _series.Values)
                series.EndObservation();
        }
    }
}
