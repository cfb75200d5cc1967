using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Onnx.Isolation;

/// <summary>
/// The processes of one model, each of which runs one request at a time. One that ends is started anew in the background, while the others go on; where none
/// can be started, runs fail at once with the reason, until one can.
/// </summary>
internal sealed partial class WorkerPool : IDisposable
{
    // Only a run that has begun when the last process ended waits at all; it holds a compute thread meanwhile.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // From this delay on requests learn at once that the process is down: inputs that end it one after the other would keep those behind them for many delays.
    private static readonly TimeSpan s_longDelay = TimeSpan.FromSeconds(0.3);

    private readonly object _gate = new();
    private readonly Stack<GraphWorker> _idle = new();
    private readonly HashSet<GraphWorker> _all = [];
    private readonly List<ITimer> _timers = [];
    private readonly RestartDelay _delay;
    private readonly GraphSet _set;
    private readonly WorkerLaunch _launch;
    private readonly GraphToOpen _graph;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Action _moreRuns = static () => { };
    private string? _fault;
    private int _open;
    private bool _isDisposed;

    /// <summary>Starts the processes; returns when each has opened the graph.</summary>
    /// <param name="set">The model.</param>
    /// <param name="graph">Its graph.</param>
    /// <param name="count">How many processes, at least 1.</param>
    /// <param name="launch">How they are started.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="BackendException">One cannot be started, or not open the graph; none is left.</exception>
    public WorkerPool(GraphSet set, GraphToOpen graph, int count, WorkerLaunch launch, TimeProvider time, ILogger logger)
    {
        (_set, _graph, _launch, _time, _logger, Count) = (set, graph, launch, time, logger, count);
        _delay = new RestartDelay(time);
        try
        {
            for (var i = 0; i < count; i++)
                Opened = Start();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How many processes there are to be.</summary>
    public int Count { get; }

    /// <summary>What they say of the graph.</summary>
    public OpenedGraph Opened { get; } = null!;

    /// <summary>Processes that can run something now; all where none can, so that whoever asks learns why.</summary>
    public int Possible
    {
        get
        {
            lock (_gate)
                return _open > 0 || _fault is null ? _open : Count;
        }
    }

    /// <summary>Sets what is called when more runs are possible than before.</summary>
    public void WhenMoreRuns(Action notify) => Volatile.Write(ref _moreRuns, notify);

    /// <summary>Takes a process that has nothing to do; waits for one where none has. Give it back with <see cref="Return"/>.</summary>
    /// <exception cref="BackendException">None came in time or can be started, or the model is being unloaded.</exception>
    public GraphWorker Rent()
    {
        var started = _time.GetTimestamp();
        lock (_gate)
        {
            while (true)
            {
                if (_isDisposed)
                    throw new BackendException("The model is being unloaded.");
                if (_idle.TryPop(out var worker))
                    return worker;
                if (_open == 0 && _fault is { } fault)
                {
                    var reason = $"The model's process is not running; it is started again. {fault}";
                    throw new BackendException(reason) { CallerReason = reason, RetryAfter = RestartDelay.Longest };
                }

                var left = s_patience - _time.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                {
                    throw new BackendException("No process of the model came free.")
                    {
                        CallerReason = "The model's process is being restarted. Retry in a moment.",
                        RetryAfter = RestartDelay.Longest,
                    };
                }
            }
        }
    }

    /// <summary>Gives a process back, also one that has ended.</summary>
    public void Return(GraphWorker worker)
    {
        lock (_gate)
        {
            if (!worker.IsLost && !_isDisposed)
            {
                _idle.Push(worker);
                Monitor.Pulse(_gate);
                return;
            }
        }

        Lose(worker);
    }

    /// <summary>Ends the runs that go on, by ending their processes.</summary>
    public void Abort()
    {
        List<GraphWorker> busy;
        lock (_gate)
            busy = [.. _all.Except(_idle)];
        busy.ForEach(worker => worker.Kill());
    }

    /// <summary>Ends all processes, also one that is just being started, and returns when they are gone.</summary>
    public void Dispose()
    {
        List<GraphWorker> all;
        lock (_gate)
        {
            _isDisposed = true;
            all = [.. _all];
            _timers.ForEach(timer => timer.Dispose());
            _timers.Clear();
            Monitor.PulseAll(_gate);
        }

        all.ForEach(worker => worker.Kill());
        all.ForEach(worker => worker.Dispose());
    }

    private OpenedGraph Start()
    {
        var started = _time.GetTimestamp();
        var worker = new GraphWorker(_launch, _set.Owner, _time, _logger, Ended);
        try
        {
            lock (_gate)
            {
                // From now on an unload ends it.
                _all.Add(worker);
                if (_isDisposed)
                    throw new BackendException("The model is being unloaded.");
            }

            var opened = worker.Open(_graph, _launch.StartLimit, _time);
            Started(_logger, _set.Owner, worker.ProcessId, (long)_time.GetElapsedTime(started).TotalMilliseconds);
            lock (_gate)
            {
                _open++;
                _fault = null;
            }

            Return(worker);
            return opened;
        }
        catch
        {
            lock (_gate)
                _all.Remove(worker);
            worker.Dispose();
            throw;
        }
    }

    // Of a process that computes, its run learns first.
    private void Ended(GraphWorker worker)
    {
        bool wasIdle;
        lock (_gate)
        {
            wasIdle = _idle.Contains(worker);
            if (wasIdle)
            {
                var others = _idle.Where(other => other != worker).Reverse().ToList();
                _idle.Clear();
                others.ForEach(_idle.Push);
            }
        }

        if (wasIdle)
            Lose(worker);
    }

    private void Lose(GraphWorker worker)
    {
        TimeSpan delay;
        lock (_gate)
        {
            if (!_all.Remove(worker) || _isDisposed)
                return;
            _open--;
            delay = _delay.Next();
            if (delay >= s_longDelay)
                _fault ??= "It has ended several times within a minute, each time on an input.";
            Monitor.PulseAll(_gate);
        }

        worker.Dispose();
        RestartAfter(delay);
        if (delay >= s_longDelay)
            TellOfMoreRuns();
        var end = worker.End;
        HasEnded(_logger, _set.Owner, worker.ProcessId, end.Cause, end.LastWords, delay.TotalSeconds);
    }

    private void RestartAfter(TimeSpan delay)
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            ITimer? timer = null;
            timer = _time.CreateTimer(_ => OnTime(timer!), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timers.Add(timer);
            timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTime(ITimer timer)
    {
        lock (_gate)
        {
            if (!_timers.Remove(timer))
                return;
        }

        timer.Dispose();
        // Not on the pool, which the requests need: it takes as long as the graph takes to open.
        new Thread(Restart) { IsBackground = true, Name = "seqserve-worker-start" }.Start();
    }

    private void Restart()
    {
        try
        {
            if (TryRestart())
                _set.Restarted?.Invoke();
        }
        catch (Exception)
        {
            // A logger or a listener of metrics that throws must not end the server.
        }

        TellOfMoreRuns();
    }

    // Whoever is told may be gone: an unload does not wait for a process that is just being started.
    private void TellOfMoreRuns()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
        }

        try
        {
            Volatile.Read(ref _moreRuns)();
        }
        catch (ObjectDisposedException)
        {
            // It went in between.
        }
    }

    private bool TryRestart()
    {
        try
        {
            Start();
            return true;
        }
        catch (Exception e)
        {
            TimeSpan delay;
            lock (_gate)
            {
                if (_isDisposed)
                    return false;
                _fault = e is BackendException ? e.Message : "The log has the cause.";
                delay = _delay.Next();
                Monitor.PulseAll(_gate);
            }

            RestartAfter(delay);
            NotStarted(_logger, _set.Owner, delay.TotalSeconds, e);
            return false;
        }
    }

    [LoggerMessage(EventIds.GraphProcessStarted, LogLevel.Information, "Model {Model} runs in process {Process}, started in {StartMs} ms")]
    private static partial void Started(ILogger logger, string model, int process, long startMs);

    [LoggerMessage(
        EventIds.GraphProcessEnded, LogLevel.Warning,
        "Process {Process} of model {Model} ended: {Cause}. Its last line was \"{LastWords}\". It is started anew in {DelaySeconds} s")]
    private static partial void HasEnded(ILogger logger, string model, int process, string cause, string lastWords, double delaySeconds);

    [LoggerMessage(EventIds.GraphProcessNotStarted, LogLevel.Error, "The process of model {Model} cannot be started; it is tried again in {DelaySeconds} s")]
    private static partial void NotStarted(ILogger logger, string model, double delaySeconds, Exception exception);
}
