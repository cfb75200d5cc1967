using SeqServe.Core.Errors;

namespace SeqServe.Core.Compute;

/// <summary>
/// The runs of one model version, from its first probe on. They end when nobody waits for them any more, when a step of the load takes too long, and when the
/// version is taken out of service; one that does not end keeps the version out of service and what it uses in memory.
/// </summary>
/// <param name="scheduler">The compute threads; owned by the caller.</param>
/// <param name="maxStep">Most time of one step of a load.</param>
public sealed class ModelRuns(RunScheduler scheduler, TimeSpan maxStep)
{
    /// <summary>Most time of one step of a load, where nothing else is set.</summary>
    public static readonly TimeSpan DefaultMaxStep = TimeSpan.FromSeconds(30);

    private readonly List<Action> _whenEnded = [];
    private Exception? _closed;
    private int _active;
    private long _endsAt = long.MaxValue;
    private Exception? _endReason;

    /// <summary>The runs of a version whose steps may take as long as is the default.</summary>
    public ModelRuns(RunScheduler scheduler)
        : this(scheduler, DefaultMaxStep)
    {
    }

    /// <summary>The compute threads.</summary>
    public RunScheduler Scheduler => scheduler;

    /// <summary>Why the version cannot serve now, or null.</summary>
    public RunFault? Fault { get; private set; }

    private RunWatch Watch => scheduler.Watch;

    /// <summary>Begins a run on the calling thread. Dispose it there when it has ended.</summary>
    /// <param name="isOver">
    /// Says why nobody waits for the run any more, or null while somebody does; asked from another thread, and only of a run that goes on for long.
    /// </param>
    /// <param name="state">Passed to <paramref name="isOver"/>.</param>
    public EndableRun Begin(Func<object?, Exception?>? isOver = null, object? state = null)
    {
        var run = Add(isOver, state);
        run.Enter();
        return run;
    }

    /// <summary>
    /// Runs a step of a load, such as a probe, on a thread of its own, and returns when it has ended. Where it takes too long its runs are ended, and the
    /// version can never serve.
    /// </summary>
    /// <param name="what">What it is, for the message.</param>
    /// <param name="step">The step. What it throws is thrown here.</param>
    /// <exception cref="ModelLoadException">It took too long.</exception>
    public T Bounded<T>(string what, Func<T> step)
    {
        var ended = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = Add(isOver: null, state: null);
        var thread = new Thread(() => RunStep(run, step, ended)) { IsBackground = true, Name = "seqserve-load" };
        thread.UnsafeStart();

        // A step that does not know of the limit may take its runs' ends for anything else.
        if (!Wait(ended.Task, maxStep))
        {
            EndAll(TookTooLong(what));
            Wait(ended.Task, RunWatch.Grace);
        }

        if (_closed is { } closed)
            throw closed as ModelLoadException ?? new ModelLoadException(closed.Message, closed);
        return ended.Task.GetAwaiter().GetResult();
    }

    /// <summary>As <see cref="Bounded{T}"/>, for a step without a result.</summary>
    public void Bounded(string what, Action step) => Bounded(what, () =>
    {
        step();
        return true;
    });

    /// <summary>A run took longer than any step of a load may: the version cannot serve.</summary>
    internal ModelLoadException Exceeded(string what)
    {
        var reason = TookTooLong(what);
        Fault = new RunFault(reason.Message, scheduler.Time.GetUtcNow());
        return reason;
    }

    /// <summary>The longest that a run which belongs to no request may take.</summary>
    internal TimeSpan MaxStep => maxStep;

    /// <summary>Ends all runs, and lets no other begin.</summary>
    /// <param name="reason">What those who wait for them are told.</param>
    public void EndAll(Exception reason)
    {
        IReadOnlyList<EndableRun> active;
        lock (Watch.Gate)
        {
            _closed ??= reason;
            active = Watch.Of(this);
        }

        foreach (var run in active)
            run.End(reason);
    }

    /// <summary>Ends all runs after some time, if the version is not closed before.</summary>
    public void EndAllAfter(TimeSpan time, Exception reason)
    {
        _endReason = reason;
        Volatile.Write(ref _endsAt, scheduler.Time.GetTimestamp() + (long)(time.TotalSeconds * scheduler.Time.TimestampFrequency));
    }

    /// <summary>Ends all runs, and frees what they use: at once, or when the last one has ended where that takes longer.</summary>
    /// <param name="reason">What those who wait for them are told.</param>
    /// <param name="free">Called once.</param>
    /// <returns>False when a run goes on and it was not called yet; it is called on the thread of the run.</returns>
    public bool EndAndFree(Exception reason, Action free)
    {
        EndAll(reason);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (Watch.Gate)
        {
            if (_active == 0)
                ended.TrySetResult();
            else
                _whenEnded.Add(() => ended.TrySetResult());
        }

        if (!Wait(ended.Task, RunWatch.Grace))
        {
            lock (Watch.Gate)
            {
                if (_active > 0)
                {
                    _whenEnded.Add(free);
                    return false;
                }
            }
        }

        free();
        return true;
    }

    /// <summary>A run has ended.</summary>
    internal void Ended(EndableRun run)
    {
        Action[] whenEnded = [];
        lock (Watch.Gate)
        {
            Watch.Remove(run);
            if (Fault?.Run == run)
                Fault = null;
            if (--_active == 0 && _whenEnded.Count > 0)
            {
                whenEnded = [.. _whenEnded];
                _whenEnded.Clear();
            }
        }

        foreach (var action in whenEnded)
            action();
    }

    /// <summary>Looks at a run that goes on for long. Called by the watch.</summary>
    internal void Look(EndableRun run, long now)
    {
        if (now >= Volatile.Read(ref _endsAt))
            EndAll(_endReason!);
        if (run.Reason is null && run.IsOver() is { } why)
            run.End(why);
        if (run.Reason is { } told && !run.IsStuck && scheduler.Time.GetElapsedTime(run.EndedAt, now) >= RunWatch.Grace)
        {
            run.IsStuck = true;
            run.Hold?.GiveUp();
            var reason = $"a run of it was to end {RunWatch.Grace.TotalSeconds} s ago and goes on ({told.Message.TrimEnd('.')}); "
                + "it serves again when that has ended";
            lock (Watch.Gate)
                Fault ??= Watch.Of(this).Contains(run) ? new RunFault(reason, scheduler.Time.GetUtcNow(), run) : null;
        }
    }

    private static void RunStep<T>(EndableRun run, Func<T> step, TaskCompletionSource<T> ended)
    {
        try
        {
            run.Enter();
            ended.TrySetResult(step());
        }
        catch (Exception e)
        {
            ended.TrySetException(e);
        }
        finally
        {
            run.Dispose();
        }
    }

    private EndableRun Add(Func<object?, Exception?>? isOver, object? state)
    {
        lock (Watch.Gate)
        {
            _active++;
            var run = new EndableRun(this, isOver, state, scheduler.Time.GetTimestamp(), _closed);
            Watch.Add(run);
            return run;
        }
    }

    private static ModelLoadException TookTooLong(string what, TimeSpan limit) => new(
        $"{what} took longer than {limit.TotalSeconds:0.#} s and was ended. Look for a loop without an end in the graph, or raise SeqServe__ProbeTimeout.");

    private ModelLoadException TookTooLong(string what) => TookTooLong(what, maxStep);

    private bool Wait(Task task, TimeSpan limit)
    {
        if (task.IsCompleted)
            return true;
        var wait = task.WaitAsync(limit, scheduler.Time);
        wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        return task.IsCompleted;
    }
}

/// <summary>Why a version cannot serve though it is loaded.</summary>
/// <param name="Reason">Shown to clients.</param>
/// <param name="Since">Since when.</param>
/// <param name="Run">The run that does not end, with whose end the fault ends; null for a fault that stays.</param>
public sealed record RunFault(string Reason, DateTimeOffset Since, EndableRun? Run = null);
