using System.Diagnostics.Metrics;

namespace SeqServe.Core.Diagnostics;

/// <summary>
/// Every instrument of the server, on one meter. Names follow the OpenTelemetry convention (dots, unit apart); the Prometheus page shows them as
/// <c>seqserve_request_duration_seconds</c> and so on. Tag values come from the repository, never from a request.
/// </summary>
public sealed class ServingMetrics : IDisposable
{
    /// <summary>The meter's name, used by producer and exporter.</summary>
    public const string MeterName = "SeqServe";

    // From a lone 100 µs run to a request that times out.
    private static readonly double[] s_seconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    private static readonly int[] s_rows = [1, 2, 4, 8, 16, 32, 64, 128, 256];

    private readonly Lock _gate = new();
    private readonly List<ModelMetrics> _models = [];
    private readonly Meter _meter;
    private Func<IEnumerable<Measurement<int>>> _states = static () => [];

    /// <summary>Creates the instruments.</summary>
    public ServingMetrics(IMeterFactory meterFactory)
    {
        _meter = meterFactory.Create(MeterName);
        Requests = _meter.CreateCounter<long>("seqserve.requests", "{request}",
            "Requests by outcome: ok, client_error, overloaded, cancelled, deadline, error, warm_up (the server's own before it was ready).");
        RequestDuration = Duration("seqserve.request.duration", "From the first byte of the request to its answer.");
        TokenizeDuration = Duration("seqserve.tokenize.duration", "Tokenization of a request's texts.");
        QueueDuration = Duration("seqserve.queue.duration", "Longest wait of a request's rows for a batch.");
        ComputeDuration = Duration("seqserve.compute.duration", "Longest run that a request's rows were part of.");
        TimeToFirstToken = Duration("seqserve.time_to_first_token", "From the queueing of a sequence to its first token.");
        InterToken = Duration("seqserve.inter_token", "From one token of a sequence to its next.");
        var rowBuckets = new InstrumentAdvice<int> { HistogramBucketBoundaries = s_rows };
        BatchSize = _meter.CreateHistogram("seqserve.batch.size", "", "Rows per run.", advice: rowBuckets);
        Runs = _meter.CreateCounter<long>("seqserve.runs", "{run}", "Runs of a graph that succeeded.");
        RunsFailed = _meter.CreateCounter<long>("seqserve.runs.failed", "{run}", "Runs of a graph that failed; those of a batch may be run again row by row.");
        ProcessRestarts = _meter.CreateCounter<long>("seqserve.worker.restarts", "{restart}",
            "Processes of models that run in one of their own which ended and were started anew.");
        TokensUseful = _meter.CreateCounter<long>("seqserve.tokens.useful", "{token}",
            "Tokens of the rows that were run, each counted when its run succeeded. A run of a graph on tensors has none.");
        TokensComputed = _meter.CreateCounter<long>("seqserve.tokens.computed", "{token}",
            "Tokens computed, padding included; useful over computed is what padding leaves. A run of a graph on tensors has none.");
        OutputTokens = _meter.CreateCounter<long>("seqserve.output.tokens", "{token}", "Tokens that sequences were advanced by.");
        _meter.CreateObservableGauge("seqserve.active_sequences", () => Observe(m => m.ActiveSequences), "{sequence}",
            "Sequences that are prefilled or decoded.");
        _meter.CreateObservableGauge("seqserve.queue.depth", () => Observe(m => m.QueueDepth), "{row}", "Rows that wait for a batch.");
        _meter.CreateObservableGauge("seqserve.queue.tokens", () => Observe(m => m.QueueTokens), "{token}",
            "Tokens of the rows that wait for a batch; requests with tensors have none.");
        _meter.CreateObservableGauge("seqserve.in_flight_requests", () => Observe(m => m.InFlight), "{request}", "Requests taken and not yet answered.");
        _meter.CreateObservableGauge("seqserve.sessions", () => Observe(m => m.Sessions), "{session}", "Open inference sessions.");
        _meter.CreateObservableGauge("seqserve.model.load", () => Observe(m => m.LoadSeconds), "s", "How long the version took to load and warm up.");
        _meter.CreateObservableGauge("seqserve.model.state", () => _states(), "", "1 for the state a model version is in.");
    }

    internal Counter<long> Requests { get; }

    internal Histogram<double> RequestDuration { get; }

    internal Histogram<double> TokenizeDuration { get; }

    internal Histogram<double> QueueDuration { get; }

    internal Histogram<double> ComputeDuration { get; }

    internal Histogram<double> TimeToFirstToken { get; }

    internal Histogram<double> InterToken { get; }

    internal Histogram<int> BatchSize { get; }

    internal Counter<long> Runs { get; }

    internal Counter<long> RunsFailed { get; }

    internal Counter<long> ProcessRestarts { get; }

    internal Counter<long> TokensUseful { get; }

    internal Counter<long> TokensComputed { get; }

    internal Counter<long> OutputTokens { get; }

    /// <summary>The metrics of one model version; disposed when it is unloaded.</summary>
    public ModelMetrics ForModel(string model, int version, string task)
    {
        var metrics = new ModelMetrics(this, model, version, task);
        lock (_gate)
            _models.Add(metrics);
        return metrics;
    }

    /// <summary>Counts a request that ended, also one that never reached a model.</summary>
    /// <param name="outcome">One of the fixed outcomes.</param>
    /// <param name="model">The model that served it, or null when none was found: then the labels are empty.</param>
    /// <param name="duration">From first byte to answer.</param>
    /// <param name="at">When it ended, or null.</param>
    public void RequestEnded(RequestOutcome outcome, ModelMetrics? model, TimeSpan duration, DateTimeOffset? at = null)
    {
        var tags = model?.Tags ?? ModelMetrics.NoModel;
        // How long the first requests of a process take says nothing of later ones.
        if (outcome != RequestOutcome.WarmUp)
        {
            model?.Statistics.RequestEnded(outcome, duration, at);
            RequestDuration.Record(duration.TotalSeconds, tags);
        }

        tags.Add("outcome", outcome.ToLabel());
        Requests.Add(1, tags);
    }

    /// <summary>Whether a meter is the one of this object; a process with several hosts has several of the same name.</summary>
    public bool Owns(Meter meter) => ReferenceEquals(meter, _meter);

    /// <summary>Sets where the states of all model versions are read from at each scrape.</summary>
    public void ObserveStates(Func<IEnumerable<Measurement<int>>> states) => _states = states;

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Forget(ModelMetrics metrics)
    {
        lock (_gate)
            _models.Remove(metrics);
    }

    private Histogram<double> Duration(string name, string description) =>
        _meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = s_seconds });

    private List<Measurement<double>> Observe(Func<ModelMetrics, double> read)
    {
        lock (_gate)
            return _models.ConvertAll(m => new Measurement<double>(read(m), m.Tags));
    }
}
