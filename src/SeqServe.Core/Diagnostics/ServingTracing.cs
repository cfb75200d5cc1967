using System.Diagnostics;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Diagnostics;

/// <summary>The spans of the server. A request has the children tokenize, queue and run; a batch has its own span, linked to those of its requests.</summary>
public static class ServingTracing
{
    /// <summary>The source's name, used by producer and exporter.</summary>
    public const string SourceName = "SeqServe";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Whether anybody listens.</summary>
    internal static bool IsOn => s_source.HasListeners();

    /// <summary>Starts the span of a request's tokenization; null when nobody listens.</summary>
    public static Activity? StartTokenize(int texts)
    {
        var activity = s_source.StartActivity("tokenize");
        activity?.SetTag("seqserve.texts", texts);
        return activity;
    }

    /// <summary>Records how long a request's slowest row waited and ran, after the fact, as two spans under the current one.</summary>
    /// <param name="row">The row that was finished last.</param>
    /// <param name="time">The clock of the row's timestamps.</param>
    public static void RecordQueueAndRun(QueuedRow row, TimeProvider time)
    {
        if (!s_source.HasListeners() || Activity.Current is not { } request)
            return;
        var now = time.GetUtcNow();
        var timestamp = time.GetTimestamp();
        DateTimeOffset At(long then) => now - time.GetElapsedTime(then, timestamp);

        using (var queue = s_source.StartActivity("queue", ActivityKind.Internal, request.Context, startTime: At(row.EnqueuedAt)))
            queue?.SetEndTime(At(row.StartedAt).UtcDateTime);
        using var run = s_source.StartActivity("run", ActivityKind.Internal, request.Context, startTime: At(row.StartedAt));
        run?.SetTag("seqserve.batch_size", row.BatchSize);
        run?.SetEndTime(At(row.FinishedAt).UtcDateTime);
    }

    /// <summary>Starts the span of a batch, a trace of its own, linked to the spans of its rows' requests.</summary>
    internal static Activity? StartBatch<TRow>(List<TRow> rows, ModelMetrics model)
        where TRow : QueuedRow
    {
        if (!s_source.HasListeners())
            return null;
        var links = rows.Select(r => r.TraceContext).Where(c => c != default).Distinct().Select(c => new ActivityLink(c));
        var activity = s_source.StartActivity("batch", ActivityKind.Internal, parentContext: default, links: links);
        activity?.SetTag("seqserve.model", model.Model);
        activity?.SetTag("seqserve.version", model.Version);
        activity?.SetTag("seqserve.batch_size", rows.Count);
        return activity;
    }

    internal static void SetFailed(Activity? activity, Exception exception)
    {
        activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
        activity?.AddException(exception);
    }
}
