using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks;

/// <summary>The rows of one request on their way: one for each of its inputs, in order.</summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
/// <param name="batcher">Where they were queued.</param>
/// <param name="rows">The rows.</param>
/// <param name="fieldOf">The name of an input's field.</param>
/// <param name="model">The model that takes them.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestRows<TRow>(IRowOwner<TRow> batcher, IReadOnlyList<TRow> rows, Func<int, string> fieldOf, ServedModel model, TimeProvider time)
    where TRow : QueuedRow
{
    /// <summary>Returns when all rows are done.</summary>
    /// <param name="deadline">Until when it is worth to wait.</param>
    /// <param name="tokenized">How long tokenization took.</param>
    /// <param name="observed">Receives the timings.</param>
    /// <param name="cancellation">The caller's presence.</param>
    /// <exception cref="ServingException">A row failed, and which input it belongs to; or the deadline has passed.</exception>
    public async Task<InferenceTimings> WaitAsync(RequestDeadline deadline, TimeSpan tokenized, ServedRequest observed, CancellationToken cancellation)
    {
        try
        {
            await new RowWait<TRow>(batcher, rows, cancellation).WaitAsync(deadline.Left, time).ConfigureAwait(false);
        }
        catch (ServingException e) when (e.Code == ServingErrorCode.InferenceFailed)
        {
            throw Name(e);
        }
        catch
        {
            // Who waited in vain waited too: without them the histogram would show only the survivors of an overload.
            model.Metrics.Waited(time.GetElapsedTime(rows[0].EnqueuedAt));
            throw;
        }

        var timings = RowTimings.Of(rows, tokenized, time);
        observed.Timings = timings;
        model.Metrics.Answered(timings);
        return timings;
    }

    private ServingException Name(ServingException failure)
    {
        var errors = new Dictionary<string, string[]>();
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Completion.IsFaulted)
                errors[fieldOf(i)] = [failure.Message];
        }

        return new ServingException(failure.Code, $"{string.Join(", ", errors.Keys)}: {failure.Message}", failure) { FieldErrors = errors };
    }
}
