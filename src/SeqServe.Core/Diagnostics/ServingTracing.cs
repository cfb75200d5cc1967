using System.Diagnostics;

namespace SeqServe.Core.Diagnostics;

/// <summary>The spans of the server. A request has the children tokenize, queue and run; a batch has its own span, linked to those of its requests.</summary>
public static class ServingTracing
{
    /// <summary>The source's name, used by producer and exporter.</summary>
    public const string SourceName = "SeqServe";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Whether there is a listener.</summary>
    internal static bool IsOn => s_source.HasListeners();

    /// <summary>Starts the span of a request's tokenization; null without a listener.</summary>
    public static Activity? StartTokenize(int texts)
    {
        var activity = s_source.StartActivity("tokenize");
        activity?.SetTag("seqserve.texts", texts);
        return activity;
    }

    /// <summary>Records how long a request's slowest row waited and ran, after the fact, as two spans under the current one.</summary>
    /// <param name="enqueuedAt">When the row was queued, as a timestamp of <paramref name="time"/>.</param>
    /// <param name="startedAt">When its run began.</param>
    /// <param name="finishedAt">When its run ended.</param>
    /// <param name="batchSize">Rows of the run.</param>
    /// <param name="time">The clock of the timestamps.</param>
    public static void RecordQueueAndRun(long enqueuedAt, long startedAt, long finishedAt, int batchSize, TimeProvider time)
    {
        if (!s_source.HasListeners() || Activity.Current is not { } request)
            return;
        var now = time.GetUtcNow();
        var timestamp = time.GetTimestamp();
        DateTimeOffset At(long then) => now - time.GetElapsedTime(then, timestamp);

        using (var queue = s_source.StartActivity("queue", ActivityKind.Internal, request.Context, startTime: At(enqueuedAt)))
            queue?.SetEndTime(At(startedAt).UtcDateTime);
        using var run = s_source.StartActivity("run", ActivityKind.Internal, request.Context, startTime: At(startedAt));
        run?.SetTag("seqserve.batch_size", batchSize);
        run?.SetEndTime(At(finishedAt).UtcDateTime);
    }

    /// <summary>Starts the span of a batch, a trace of its own, linked to the spans of its rows' requests; null without a listener.</summary>
    /// <param name="requests">The spans of its rows' requests; read only for a listener.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="model">The model that runs it.</param>
    internal static Activity? StartBatch(IEnumerable<ActivityContext> requests, int rows, ModelMetrics model)
    {
        if (!s_source.HasListeners())
            return null;
        var links = requests.Where(context => context != default).Distinct().Select(context => new ActivityLink(context));
        var activity = s_source.StartActivity("batch", ActivityKind.Internal, parentContext: default, links: links);
        activity?.SetTag("seqserve.model", model.Model);
        activity?.SetTag("seqserve.version", model.Version);
        activity?.SetTag("seqserve.batch_size", rows);
        return activity;
    }

    /// <summary>Does work outside of the current span: a batch has a trace of its own, whichever thread runs it.</summary>
    internal static void RunDetached<TState>(Action<TState> work, TState state)
    {
        if (!s_source.HasListeners())
        {
            work(state);
            return;
        }

        var current = Activity.Current;
        try
        {
            Activity.Current = null;
            work(state);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    internal static void SetFailed(Activity? activity, Exception exception)
    {
        activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
        activity?.AddException(exception);
    }
}
