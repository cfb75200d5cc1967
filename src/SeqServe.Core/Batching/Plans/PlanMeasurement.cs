using Microsoft.Extensions.Logging;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Batching.Plans;

/// <summary>
/// Measures a model while it already serves: one run per permit of the compute threads, so that requests go in between and no core is oversubscribed.
/// Of each point the shortest run counts, since everything that disturbs a run only makes it longer.
/// </summary>
internal sealed partial class PlanMeasurement : IRunSource, IDisposable
{
    /// <summary>All runs of a measurement together take no longer, the last one aside.</summary>
    internal static readonly TimeSpan Budget = TimeSpan.FromSeconds(1);

    // On a busy machine most runs are disturbed; of ten one usually is not.
    private const int Rounds = 10;

    // Larger runs would use up the budget and say nothing more.
    private const int MaxTokens = 1024;

    private static readonly int[] s_rows = [1, 2, 4, 8, 16, 32];

    // About a sentence, a paragraph and the longest text of most classifiers.
    private static readonly int[] s_lengths = [24, 96, 256];

    private readonly Lock _gate = new();
    private readonly IMeasuredRuns _runs;
    private readonly ModelRuns _modelRuns;
    private readonly RunScheduler _scheduler;
    private readonly TimeProvider _time;
    private readonly Action<BatchPlan, bool> _done;
    private readonly ILogger _logger;
    private PlanPoint[] _points;
    private readonly double _maxPadding;
    private TimeSpan _spent;
    private long _runStartedAt;
    private int _next;
    private bool _ended;
    private Task _opening = Task.CompletedTask;
    private volatile bool _disposed;

    /// <summary>Prepares a measurement.</summary>
    /// <param name="runs">The model's runs; owned by the caller, who disposes this object first.</param>
    /// <param name="limits">What a batch may hold; larger ones are not measured.</param>
    /// <param name="maxTokens">Most tokens of a row.</param>
    /// <param name="modelRuns">The runs of the model that go on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="done">
    /// Receives the plan, once, on a compute thread, and whether every point was measured as often as planned: on a busy machine the budget ends before, and
    /// what few runs say may be a disturbance.
    /// </param>
    /// <param name="logger">For a run that fails.</param>
    public PlanMeasurement(
        IMeasuredRuns runs, BatchLimits limits, int maxTokens, ModelRuns modelRuns, TimeProvider time, Action<BatchPlan, bool> done, ILogger logger)
    {
        _runs = runs;
        (_modelRuns, _scheduler) = (modelRuns, modelRuns.Scheduler);
        _time = time;
        _done = done;
        _logger = logger;
        _maxPadding = limits.MaxPadding;
        var points =
            from rows in s_rows
            from length in s_lengths.Select(l => Math.Min(l, maxTokens)).Distinct()
            where rows == 1 || (rows <= limits.MaxBatchSize && rows * length <= Math.Min(limits.MaxBatchTokens, MaxTokens))
            from threads in ThreadsOf(rows)
            select new PlanPoint(rows, length, TimeSpan.MaxValue, threads);
        _points = [.. points];
    }

    /// <inheritdoc/>
    public int ThreadsPerRun => _points[_next % _points.Length].Threads;

    /// <summary>Begins; returns at once.</summary>
    public void Start()
    {
        if (_runs.LatencyThreads == _runs.ThreadsPerRun)
            _scheduler.Schedule(this);
        else
            // Opening takes longer than any run: not on a compute thread.
            _opening = Task.Run(OpenAndBegin);
    }

    /// <inheritdoc/>
    public void RunNext()
    {
        lock (_gate)
        {
            if (_ended || _disposed)
                return;
            try
            {
                Measure(ref _points[_next++ % _points.Length]);
                if (_disposed)
                    return;
                _ended = _spent >= Budget || _next == Rounds * _points.Length;
                if (_ended)
                    Finish();
            }
            catch (Exception e)
            {
                // What receives the plan opens a session and writes a file, which may fail as a run may.
                _ended = true;
                MeasurementFailed(_logger, e);
            }

            if (_ended)
                return;
        }

        _scheduler.Schedule(this);
    }

    /// <summary>Returns when no run of the measurement goes on any more.</summary>
    public void Dispose()
    {
        // Before the lock is taken: one run after the other could take it first.
        _disposed = true;
        _opening.Wait();
        lock (_gate)
            _ended = true;
    }

    private void OpenAndBegin()
    {
        try
        {
            if (!_runs.TryOpenLatencySession())
                _points = [.. _points.Where(point => point.Threads == _runs.ThreadsPerRun)];
            if (!_disposed)
                _scheduler.Schedule(this);
        }
        catch (Exception e)
        {
            // The unload of the model waits for this task, and must not fail with it.
            MeasurementFailed(_logger, e);
        }
    }

    // Lone rows are what the latency session is for.
    private int[] ThreadsOf(int rows) =>
        rows == 1 && _runs.LatencyThreads > _runs.ThreadsPerRun ? [_runs.ThreadsPerRun, _runs.LatencyThreads] : [_runs.ThreadsPerRun];

    private void Measure(ref PlanPoint point)
    {
        if (point.Threads == _runs.ThreadsPerRun)
        {
            Measure(ref point, onLatencySession: false);
            return;
        }

        // The first of two brings the weights into the caches of the other cores.
        Measure(ref point, onLatencySession: true);
        Measure(ref point, onLatencySession: true);
    }

    private void Measure(ref PlanPoint point, bool onLatencySession)
    {
        using var run = _modelRuns.Begin(static self => ((PlanMeasurement)self!).WhyOver(), this);
        _runStartedAt = _time.GetTimestamp();
        var took = _runs.Run(point.Rows, point.Length, onLatencySession, _time);
        _spent += took;
        if (took < point.Time)
            point = point with { Time = took };
    }

    private Exception? WhyOver()
    {
        if (_disposed)
            return RowFailures.Closed();
        return _time.GetElapsedTime(Volatile.Read(ref _runStartedAt)) > _modelRuns.MaxStep ? _modelRuns.Exceeded("Measuring a batch") : null;
    }

    private void Finish() =>
        _done(BatchPlan.From([.. _points.Where(p => p.Time < TimeSpan.MaxValue)], _maxPadding), _next == Rounds * _points.Length);

    [LoggerMessage(EventIds.PlanFailed, LogLevel.Warning, "The model could not be measured; its batches go up to the manifest's limits")]
    private static partial void MeasurementFailed(ILogger logger, Exception exception);
}

/// <summary>Runs of a model that can be measured: rows without meaning, of any number and length up to its limits.</summary>
internal interface IMeasuredRuns
{
    /// <summary>CPU threads that one run takes.</summary>
    int ThreadsPerRun { get; }

    /// <summary>CPU threads that a run on the latency session takes; equal to <see cref="ThreadsPerRun"/> where none can be opened.</summary>
    int LatencyThreads { get; }

    /// <summary>Opens the latency session. Takes some tenths of a second.</summary>
    /// <returns>Whether there is one now.</returns>
    bool TryOpenLatencySession();

    /// <summary>Runs a batch on the calling thread.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="length">Tokens of each row.</param>
    /// <param name="onLatencySession">Whether to run on the latency session.</param>
    /// <param name="time">The clock.</param>
    /// <returns>How long the run took, without the wait for a session: how long that is depends on the requests meanwhile, not on the batch.</returns>
    TimeSpan Run(int rows, int length, bool onLatencySession, TimeProvider time);
}
