using System.Globalization;
using SeqServe.Api.Errors;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Api.Pipeline;

/// <summary>Counts every request of a counted route once, however it ended, and adds the header <c>Server-Timing</c> to answered ones.</summary>
internal sealed class ServingMiddleware(RequestDelegate next, ServingMetrics metrics, RefusalLog refusals, TakenRequests taken, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.IsCounted())
        {
            await next(context);
            return;
        }

        var started = time.GetTimestamp();
        var isTaken = taken.TryEnter();
        var served = context.Served();
        // As the answer starts: a problem is written after the headers set before have been cleared.
        context.Response.OnStarting(static state => AddHeaders((HttpContext)state), context);
        try
        {
            await next(context);
        }
        finally
        {
            var outcome = Outcome(context);
            metrics.RequestEnded(outcome, served.Model, time.GetElapsedTime(started), time.GetUtcNow());
            if (outcome == RequestOutcome.Overloaded)
                refusals.Add();
            if (isTaken)
                taken.Leave();
        }
    }

    private static RequestOutcome Outcome(HttpContext context) =>
        context.IsWarmUp() ? RequestOutcome.WarmUp :
        // A caller who waits no longer than the deadline leaves when it passes.
        context.Features.Get<ProblemKind>() is { Outcome: RequestOutcome.Deadline } ? RequestOutcome.Deadline
        : context.RequestAborted.IsCancellationRequested ? RequestOutcome.Cancelled
        : context.Features.Get<ProblemKind>() is { } problem ? problem.Outcome
        : context.Response.StatusCode < 400 ? RequestOutcome.Ok
        : context.Response.StatusCode < 500 ? RequestOutcome.ClientError
        : RequestOutcome.Error;

    private static Task AddHeaders(HttpContext context)
    {
        if (context.Served().Timings is { } t)
        {
            context.Response.Headers["Server-Timing"] = string.Create(
                CultureInfo.InvariantCulture,
                $"tokenize;dur={new Milliseconds(t.Tokenize)}, queue;dur={new Milliseconds(t.Queue)}, compute;dur={new Milliseconds(t.Compute)}");
        }

        return Task.CompletedTask;
    }
}

/// <summary>Counts the requests that the server has taken and not yet answered, so that a shutdown can wait for them.</summary>
internal sealed class TakenRequests
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _allAnswered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _closed;

    /// <summary>Requests that were taken and are not answered yet.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _count;
        }
    }

    /// <summary>Counts a request in; count it out with <see cref="Leave"/>.</summary>
    /// <returns>False once the shutdown has begun: what comes now is refused and need not be waited for.</returns>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (!_closed)
                _count++;
            return !_closed;
        }
    }

    /// <summary>Counts a request out.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_count == 0 && _closed)
                _allAnswered.TrySetResult();
        }
    }

    /// <summary>Takes no more, and is done when those taken are answered.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            if (_count == 0)
                _allAnswered.TrySetResult();
            return _allAnswered.Task;
        }
    }
}
