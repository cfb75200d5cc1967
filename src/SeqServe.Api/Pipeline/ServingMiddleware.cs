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
        context.RequestAborted.IsCancellationRequested ? RequestOutcome.Cancelled
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
