namespace SeqServe.Core.Diagnostics;

/// <summary>What a model version has done since it was loaded, for protocols that ask for totals of a model. Safe for concurrent use.</summary>
public sealed class ModelStatistics
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, CountedTime> _runs = [];
    private DateTimeOffset? _lastRequest;
    private CountedTime _success;
    private CountedTime _fail;
    private CountedTime _tokenize;
    private CountedTime _queue;
    private CountedTime _compute;

    /// <summary>The totals as they are now.</summary>
    public StatisticsSnapshot Read()
    {
        lock (_gate)
            return new StatisticsSnapshot(_lastRequest, _success, _fail, _tokenize, _queue, _compute, [.. _runs.Select(r => (r.Key, r.Value))]);
    }

    internal void RequestEnded(RequestOutcome outcome, TimeSpan duration, DateTimeOffset? at)
    {
        lock (_gate)
        {
            _lastRequest = at ?? _lastRequest;
            if (outcome == RequestOutcome.Ok)
                _success = _success.Plus(duration);
            else
                _fail = _fail.Plus(duration);
        }
    }

    internal void Answered(InferenceTimings timings)
    {
        lock (_gate)
        {
            _tokenize = _tokenize.Plus(timings.Tokenize);
            _queue = _queue.Plus(timings.Queue);
            _compute = _compute.Plus(timings.Compute);
        }
    }

    internal void RunEnded(int rows, TimeSpan took)
    {
        lock (_gate)
            _runs[rows] = _runs.GetValueOrDefault(rows).Plus(took);
    }
}

/// <summary>Totals of a model version.</summary>
/// <param name="LastRequest">When the last request ended, or null.</param>
/// <param name="Success">Requests answered.</param>
/// <param name="Fail">Requests not answered.</param>
/// <param name="Tokenize">Tokenization of answered requests.</param>
/// <param name="Queue">Their longest waits.</param>
/// <param name="Compute">Their longest runs.</param>
/// <param name="Runs">Runs by their number of rows, ascending.</param>
public sealed record StatisticsSnapshot(
    DateTimeOffset? LastRequest,
    CountedTime Success,
    CountedTime Fail,
    CountedTime Tokenize,
    CountedTime Queue,
    CountedTime Compute,
    IReadOnlyList<(int Rows, CountedTime Time)> Runs);

/// <summary>How often, and how long in all.</summary>
/// <param name="Count">How often.</param>
/// <param name="Total">How long in all.</param>
public readonly record struct CountedTime(long Count, TimeSpan Total)
{
    internal CountedTime Plus(TimeSpan time) => new(Count + 1, Total + time);
}
