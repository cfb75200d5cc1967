using System.Diagnostics;
using System.Globalization;

namespace SeqServe.Core.Diagnostics;

/// <summary>The instruments of one model version with their tags made once.</summary>
public sealed class ModelMetrics : IDisposable
{
    internal static readonly TagList NoModel = [new("model", ""), new("version", ""), new("task", "")];

    private readonly ServingMetrics _metrics;
    private readonly TagList _tags;
    private Func<int> _depth = static () => 0;
    private Func<long> _tokens = static () => 0;
    private Func<int> _active = static () => 0;
    private int _inFlight;

    internal ModelMetrics(ServingMetrics metrics, string model, int version, string task)
    {
        _metrics = metrics;
        Model = model;
        Version = version;
        _tags = [new("model", model), new("version", version.ToString(CultureInfo.InvariantCulture)), new("task", task)];
    }

    /// <summary>The model's name.</summary>
    public string Model { get; }

    /// <summary>The model's version.</summary>
    public int Version { get; }

    /// <summary>What it has done since it was loaded.</summary>
    public ModelStatistics Statistics { get; } = new();

    /// <summary>Requests taken and not yet answered.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>How long the version took to load, in seconds.</summary>
    public double LoadSeconds { get; set; }

    /// <summary>Open sessions.</summary>
    public int Sessions { get; set; }

    internal TagList Tags => _tags;

    internal int QueueDepth => _depth();

    internal long QueueTokens => _tokens();

    internal int ActiveSequences => _active();

    /// <summary>Adds a queue whose depth and tokens are read at each scrape; a model may have several.</summary>
    public void ObserveQueue(Func<int> depth, Func<long> tokens)
    {
        var (otherDepth, otherTokens) = (_depth, _tokens);
        _depth = () => otherDepth() + depth();
        _tokens = () => otherTokens() + tokens();
    }

    /// <summary>Sets where the number of active sequences is read from at each scrape.</summary>
    public void ObserveActive(Func<int> active) => _active = active;

    /// <summary>Records the first token of a sequence.</summary>
    /// <param name="since">Since it was queued.</param>
    public void FirstToken(TimeSpan since)
    {
        _metrics.TimeToFirstToken.Record(since.TotalSeconds, _tags);
        _metrics.OutputTokens.Add(1, _tags);
    }

    /// <summary>Records a further token of a sequence.</summary>
    /// <param name="since">Since the one before.</param>
    public void NextToken(TimeSpan since)
    {
        _metrics.InterToken.Record(since.TotalSeconds, _tags);
        _metrics.OutputTokens.Add(1, _tags);
    }

    /// <summary>Counts a request in; count it out with <see cref="RequestLeft"/>.</summary>
    public void RequestEntered() => Interlocked.Increment(ref _inFlight);

    /// <summary>Counts a request out.</summary>
    public void RequestLeft() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Records the stages of an answered request.</summary>
    public void Answered(InferenceTimings timings)
    {
        Statistics.Answered(timings);
        _metrics.TokenizeDuration.Record(timings.Tokenize.TotalSeconds, _tags);
        _metrics.QueueDuration.Record(timings.Queue.TotalSeconds, _tags);
        _metrics.ComputeDuration.Record(timings.Compute.TotalSeconds, _tags);
    }

    /// <summary>Records the wait of a request that was never answered.</summary>
    public void Waited(TimeSpan queue) => _metrics.QueueDuration.Record(queue.TotalSeconds, _tags);

    /// <summary>Counts a run that succeeded.</summary>
    /// <param name="rows">Rows in the batch.</param>
    /// <param name="usefulTokens">Their tokens.</param>
    /// <param name="computedTokens">Their tokens with padding.</param>
    /// <param name="took">How long it took; zero for a step of a decoding loop, which is counted by its tokens.</param>
    public void RunEnded(int rows, long usefulTokens, long computedTokens, TimeSpan took = default)
    {
        Statistics.RunEnded(rows, took);
        _metrics.Runs.Add(1, _tags);
        _metrics.BatchSize.Record(rows, _tags);
        _metrics.TokensUseful.Add(usefulTokens, _tags);
        _metrics.TokensComputed.Add(computedTokens, _tags);
    }

    /// <summary>Counts a run that failed: it answered no row, so its rows and tokens count for nothing.</summary>
    public void RunFailed() => _metrics.RunsFailed.Add(1, _tags);

    /// <summary>Counts a process of the model's own that ended and has been started anew.</summary>
    public void ProcessRestarted() => _metrics.ProcessRestarts.Add(1, _tags);

    /// <summary>Takes the version's gauges off the page.</summary>
    public void Dispose() => _metrics.Forget(this);
}
