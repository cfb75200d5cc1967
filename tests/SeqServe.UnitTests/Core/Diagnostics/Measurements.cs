using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace SeqServe.UnitTests.Core.Diagnostics;

/// <summary>What an instrument has measured.</summary>
internal static class Measurements
{
    /// <summary>All that a counter was raised by.</summary>
    public static long Sum(this MetricCollector<long> collector) => collector.GetMeasurementSnapshot().Sum(m => m.Value);
}
