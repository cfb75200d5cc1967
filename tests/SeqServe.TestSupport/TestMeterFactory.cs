using System.Diagnostics.Metrics;

namespace SeqServe.TestSupport;

/// <summary>Makes meters that belong to one test, so that tests side by side do not see each other's measurements.</summary>
public sealed class TestMeterFactory : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    /// <inheritdoc/>
    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <inheritdoc/>
    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
