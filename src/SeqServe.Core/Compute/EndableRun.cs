namespace SeqServe.Core.Compute;

/// <summary>
/// A run of a graph that goes on and can be ended from another thread. What runs the graph asks for the run of its thread with <see cref="OnEnd"/>; whoever
/// began the run learns from <see cref="Reason"/> that it failed because it was ended.
/// </summary>
public sealed class EndableRun : IDisposable
{
    [ThreadStatic]
    private static EndableRun? s_current;

    private readonly Lock _gate = new();
    private readonly ModelRuns _model;
    private readonly Func<object?, Exception?>? _isOver;
    private readonly object? _state;
    private EndableRun? _outer;
    private Action<object>? _end;
    private object? _ended;

    internal EndableRun(ModelRuns model, Func<object?, Exception?>? isOver, object? state, long startedAt, Exception? closed)
    {
        (_model, _isOver, _state, StartedAt, EndedAt, Reason) = (model, isOver, state, startedAt, startedAt, closed);
        Hold = RunHold.Current;
    }

    /// <summary>Why it was ended; null while it is not.</summary>
    public Exception? Reason { get; private set; }

    internal ModelRuns Model => _model;

    /// <summary>What it holds of the CPU budget; null for a run of a load.</summary>
    internal RunHold? Hold { get; }

    /// <summary>When it began, as a timestamp.</summary>
    internal long StartedAt { get; }

    /// <summary>When it was told to end, as a timestamp.</summary>
    internal long EndedAt { get; private set; }

    /// <summary>Whether it goes on though it was told to end.</summary>
    internal bool IsStuck { get; set; }

    /// <summary>Calls back when the run of the calling thread is to end, at once where it is already. Without such a run it never does.</summary>
    /// <param name="end">Ends the native run; called on another thread, never after the result is disposed. Must not block.</param>
    /// <param name="state">Passed to it.</param>
    public static Ending OnEnd(Action<object> end, object state)
    {
        if (s_current is not { } run)
            return default;
        lock (run._gate)
        {
            ThrowIfEnded();
            (run._end, run._ended) = (end, state);
        }

        return new Ending(run);
    }

    /// <summary>Ends work that has not become a native run yet.</summary>
    /// <exception cref="OperationCanceledException">The run of the calling thread was ended.</exception>
    public static void ThrowIfEnded()
    {
        if (s_current?.Reason is { } reason)
            throw new OperationCanceledException("The run was ended.", reason);
    }

    /// <summary>Tells it to end. The first reason counts.</summary>
    internal void End(Exception reason)
    {
        lock (_gate)
        {
            if (Reason is not null)
                return;
            EndedAt = _model.Scheduler.Time.GetTimestamp();
            Reason = reason;
            _end?.Invoke(_ended!);
        }
    }

    /// <summary>Why nobody waits for it any more; null while somebody does.</summary>
    internal Exception? IsOver() => _isOver?.Invoke(_state);

    /// <summary>Makes it the run of the calling thread.</summary>
    internal void Enter() => (_outer, s_current) = (s_current, this);

    /// <summary>It has ended. Called on its thread.</summary>
    public void Dispose()
    {
        s_current = _outer;
        _model.Ended(this);
    }

    /// <summary>The time in which a native run is ended with the run of its thread.</summary>
    public readonly struct Ending : IDisposable
    {
        private readonly EndableRun? _run;

        internal Ending(EndableRun run) => _run = run;

        /// <summary>Whether the run was told to end.</summary>
        public bool HasEnded => _run?.Reason is not null;

        /// <summary>The native run has ended; it is not called back any more.</summary>
        public void Dispose()
        {
            if (_run is null)
                return;
            lock (_run._gate)
                (_run._end, _run._ended) = (null, null);
        }
    }
}

/// <summary>
/// Looks at the runs that go on for long: gives up their permits when other models wait, and ends those that nobody waits for. Short runs, which are nearly
/// all, cost it nothing.
/// </summary>
internal sealed class RunWatch : IDisposable
{
    /// <summary>A run that goes on for this long after it was told to end is taken for one that does not.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>From this age on a run is looked at.</summary>
    internal static readonly TimeSpan Long = TimeSpan.FromSeconds(0.4);

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(0.1);

    private readonly List<EndableRun> _runs = [];
    private readonly TimeProvider _time;
    private readonly Func<bool> _isWaitedFor;
    private readonly ITimer _timer;

    /// <summary>Begins to look.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="isWaitedFor">Whether another run waits for a thread.</param>
    public RunWatch(TimeProvider time, Func<bool> isWaitedFor)
    {
        (_time, _isWaitedFor) = (time, isWaitedFor);
        _timer = time.CreateTimer(static state => ((RunWatch)state!).Look(), this, s_interval, s_interval);
    }

    /// <summary>Guards which runs go on.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Adds a run. The gate is taken.</summary>
    public void Add(EndableRun run) => _runs.Add(run);

    /// <summary>A run has ended. The gate is taken.</summary>
    public void Remove(EndableRun run)
    {
        var index = _runs.LastIndexOf(run);
        _runs[index] = _runs[^1];
        _runs.RemoveAt(_runs.Count - 1);
    }

    /// <summary>The runs of a model. The gate is taken.</summary>
    public IReadOnlyList<EndableRun> Of(ModelRuns model) => [.. _runs.Where(run => run.Model == model)];

    /// <summary>Stops looking.</summary>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        List<EndableRun>? old = null;
        var now = _time.GetTimestamp();
        lock (Gate)
        {
            foreach (var run in _runs)
            {
                if (_time.GetElapsedTime(run.StartedAt, now) >= Long)
                    (old ??= []).Add(run);
            }
        }

        foreach (var run in old ?? [])
        {
            if (_isWaitedFor())
                run.Hold?.GiveUp();
            run.Model.Look(run, now);
        }
    }
}
