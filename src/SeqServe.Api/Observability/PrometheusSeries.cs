using System.Diagnostics.Metrics;
using Prometheus;

namespace SeqServe.Api.Observability;

/// <summary>One instrument on the Prometheus page.</summary>
internal sealed class PrometheusSeries
{
    // Of more models than this the rest is found by the library's own, slower way.
    private const int MaxChildren = 64;

    private readonly Lock _gate = new();
    private readonly MetricFactory _factory;
    private readonly Instrument _instrument;
    private readonly string _name;
    private readonly HashSet<string[]> _observed = new(LabelComparer.Instance);
    private Action<double, string[]>? _record;
    private Gauge? _gauge;
    private PrometheusChild[] _children = [];

    public PrometheusSeries(MetricFactory factory, Instrument instrument)
    {
        _factory = factory;
        _instrument = instrument;
        _name = NameOf(instrument);
    }

    /// <summary>Name on the page: dots become underscores, the unit and, for counters, <c>total</c> are appended.</summary>
    public static string NameOf(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        return name + unit + (instrument is Counter<long> ? "_total" : "");
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var child in Volatile.Read(ref _children))
        {
            if (child.Has(tags))
            {
                child.Record(value);
                return;
            }
        }

        RecordNew(value, tags);
    }

    private void RecordNew(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new string[tags.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = tags[i].Value?.ToString() ?? "";
        var record = _record ?? Create(tags);
        record(value, values);
    }

    /// <summary>Before a scrape: forgets which series the observable instrument reported last time.</summary>
    public void BeginObservation() => _observed.Clear();

    /// <summary>After the observation: takes series that are no longer reported (unloaded models) off the page.</summary>
    public void EndObservation()
    {
        if (_gauge is not { } gauge)
            return;
        foreach (var labels in gauge.GetAllLabelValues())
        {
            if (!_observed.Contains(labels))
                gauge.RemoveLabelled(labels);
        }
    }

    // The label names are those of the first measurement; an instrument is always recorded with the same ones.
    private Action<double, string[]> Create(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var names = new string[tags.Length];
        for (var i = 0; i < names.Length; i++)
            names[i] = tags[i].Key;
        lock (_gate)
            return _record ??= Create(names);
    }

    private Action<double, string[]> Create(string[] names)
    {
        var help = _instrument.Description ?? "";
        if (_instrument is Counter<long>)
        {
            var counter = _factory.CreateCounter(_name, help, names);
            return (value, labels) => Keep(labels, counter.WithLabels(labels).Inc).Record(value);
        }

        if (Buckets() is { } buckets)
        {
            var histogram = _factory.CreateHistogram(_name, help, names, new HistogramConfiguration { Buckets = buckets });
            return (value, labels) => Keep(labels, histogram.WithLabels(labels).Observe).Record(value);
        }

        var gauge = _gauge = _factory.CreateGauge(_name, help, names);
        return (value, labels) =>
        {
            _observed.Add(labels);
            gauge.WithLabels(labels).Set(value);
        };
    }

    private PrometheusChild Keep(string[] labels, Action<double> record)
    {
        var child = new PrometheusChild(labels, record);
        lock (_gate)
        {
            if (_children.Length < MaxChildren)
                Volatile.Write(ref _children, [.. _children, child]);
        }

        return child;
    }

    private double[]? Buckets() => _instrument switch
    {
        Histogram<double> h => [.. h.Advice?.HistogramBucketBoundaries ?? []],
        Histogram<int> h => [.. h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b) ?? []],
        _ => null,
    };

    private sealed class LabelComparer : IEqualityComparer<string[]>
    {
        public static readonly LabelComparer Instance = new();

        public bool Equals(string[]? x, string[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(string[] labels)
        {
            var hash = new HashCode();
            foreach (var label in labels)
                hash.Add(label, StringComparer.Ordinal);
            return hash.ToHashCode();
        }
    }
}

/// <summary>One counter or histogram of one model, found again by the tags of its measurements without making label values of them.</summary>
/// <param name="labels">Its label values.</param>
/// <param name="record">Takes a measurement.</param>
internal sealed class PrometheusChild(string[] labels, Action<double> record)
{
    /// <summary>Takes a measurement.</summary>
    public void Record(double value) => record(value);

    /// <summary>Whether a measurement with these tags is its.</summary>
    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length != labels.Length)
            return false;
        for (var i = 0; i < labels.Length; i++)
        {
            // Tags are made once per model: nearly always the very same objects.
            if (!ReferenceEquals(tags[i].Value, labels[i]) && !labels[i].Equals(tags[i].Value as string, StringComparison.Ordinal))
                return false;
        }

        return true;
    }
}
