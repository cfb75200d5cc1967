using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Api.Answers;

/// <summary>
/// Cuts off callers who do not read their answers, since what is not read holds outputs and keeps its model version loaded. An answer may wait for its caller
/// for the configured time in all, and longer as long as the caller has taken <see cref="LeastBytesPerSecond"/> of it in the mean: so a large one gets over a
/// slow line too. The time in which the server itself makes the answer does not count.
/// </summary>
public sealed class AnswerTime(IOptions<SeqServeOptions> options, TimeProvider time, ILogger<AnswerTime> logger)
{
    /// <summary>What a caller must take of an answer that waits longer than the configured time: 256 kbit/s.</summary>
    internal const int LeastBytesPerSecond = 32 * 1024;

    private readonly TimeSpan _longest = options.Value.MaxAnswerTime;

    /// <summary>Watches all that is written to a response from now on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isEachMessage">Whether the time is that of each flush: of a stream in which messages are answered one after another.</param>
    internal WatchedBody Watch(HttpContext context, bool isEachMessage = false)
    {
        var body = new WatchedBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>(), Begin(context), isEachMessage);
        context.Features.Set<IHttpResponseBodyFeature>(body);
        return body;
    }

    /// <summary>Writes a small answer at once. What the connection takes without a wait needs no watch.</summary>
    internal Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> answer, CancellationToken cancellation = default)
    {
        var write = response.Body.WriteAsync(answer, cancellation).AsTask();
        return write.IsCompletedSuccessfully ? write : Begin(response.HttpContext).WaitAsync(write);
    }

    private AnswerClock Begin(HttpContext context) => new(context, _longest, time, logger);
}

/// <summary>How long one answer has waited for its caller.</summary>
internal sealed partial class AnswerClock(HttpContext context, TimeSpan longest, TimeProvider time, ILogger logger)
{
    private TimeSpan _waited;
    private long _taken;

    /// <summary>Begins anew.</summary>
    public void Restart() => (_waited, _taken) = (TimeSpan.Zero, 0);

    /// <summary>Counts bytes that the connection has taken.</summary>
    public void Took(long bytes) => _taken += bytes;

    /// <summary>Waits until the connection has taken what is written.</summary>
    /// <param name="write">The write, whose bytes have been copied.</param>
    /// <exception cref="ConnectionAbortedException">It has waited too long; the request is aborted.</exception>
    public async Task WaitAsync(Task write)
    {
        var started = time.GetTimestamp();
        var earned = TimeSpan.FromSeconds((double)_taken / AnswerTime.LeastBytesPerSecond);
        var left = (earned > longest ? earned : longest) - _waited;
        try
        {
            await write.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        }
        catch (TimeoutException)
        {
            // It may have been read in the same moment.
            if (!write.IsCompletedSuccessfully)
            {
                CutOff(write);
                throw new ConnectionAbortedException("The caller does not read its answer.");
            }
        }
        finally
        {
            _waited += time.GetElapsedTime(started);
        }
    }

    private void CutOff(Task write)
    {
        CallerCutOff(logger, longest.TotalSeconds, context.TraceIdentifier);
        // Nobody waits for it: over HTTP/2 it may end only when the whole connection does, long after what it wrote is no longer needed.
        _ = write.ContinueWith(
            static left => _ = left.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        context.Abort();
        // The web server says so later, on a thread of its own; what follows on this one must know it now.
        context.RequestAborted = new CancellationToken(canceled: true);
    }

    [LoggerMessage(
        EventIds.CallerCutOff, LogLevel.Information, "An answer was not read within {MaxSeconds} s, so its caller is cut off (request {RequestId})")]
    private static partial void CallerCutOff(ILogger logger, double maxSeconds, string requestId);
}
