using System.Buffers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Features;
using SeqServe.Api.Errors;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Streaming;

/// <summary>
/// Answers a request with server-sent events (WHATWG HTML, 9.2). Nothing is sent before the first event or the first pause: what fails until then fails with its own status,
/// what fails later ends the stream with an event that carries the failure.
/// </summary>
public sealed partial class ServerSentEvents(TimeProvider time, ILogger<ServerSentEvents> logger)
{
    /// <summary>Proxies cut connections that are silent for 30 to 60 s.</summary>
    internal static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    private static readonly ReadOnlyMemory<byte> s_comment = ": keep-alive\n\n"u8.ToArray();

    /// <summary>Sends events as they come, until the last one, the first failure, or the end of the client's patience.</summary>
    /// <param name="context">The request.</param>
    /// <param name="events">The events. What can be refused must have been refused by now; disposed at the end, also when the client goes.</param>
    internal async Task SendAsync(HttpContext context, IAsyncEnumerable<StreamEvent> events)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        // nginx would gather events into buffers.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        try
        {
            await SseFormatter.WriteAsync(Items(context, events), response.Body, static (item, writer) => writer.Write(item.Data.Span), context.RequestAborted);
        }
        catch (Exception e) when (response.HasStarted && context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client has gone in the middle; there is nobody to tell.
        }
    }

    private async IAsyncEnumerable<SseItem<ReadOnlyMemory<byte>>> Items(HttpContext context, IAsyncEnumerable<StreamEvent> events, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var source = events.GetAsyncEnumerator(ending.Token);
        while (true)
        {
            Failure? failure = null;
            var next = source.MoveNextAsync();
            try
            {
                if (!(next.IsCompleted ? await next : await WaitAsync(next.AsTask(), context.Response.Body, ending)))
                    yield break;
            }
            catch (Exception e) when (context.Response.HasStarted && !cancellation.IsCancellationRequested)
            {
                failure = Describe(e);
            }

            if (failure is not null)
            {
                yield return new SseItem<ReadOnlyMemory<byte>>(FailureWriter.Body(context, failure), FailureWriter.Shape(context).EventName);
                yield break;
            }

            yield return new SseItem<ReadOnlyMemory<byte>>(source.Current.Data, source.Current.Name);
        }
    }

    // The formatter waits for the next item meanwhile, so nobody else writes to the body.
    private async Task<bool> WaitAsync(Task<bool> next, Stream body, CancellationTokenSource ending)
    {
        try
        {
            while (true)
            {
                try
                {
                    return await next.WaitAsync(KeepAlive, time, CancellationToken.None);
                }
                catch (TimeoutException) when (!next.IsCompleted)
                {
                    await body.WriteAsync(s_comment, ending.Token);
                    await body.FlushAsync(ending.Token);
                }
            }
        }
        catch when (!next.IsCompleted)
        {
            // The comment did not go out. An enumerator may not be disposed while it is at work.
            await ending.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private Failure Describe(Exception exception)
    {
        if (exception is not ServingException)
            StreamFailed(logger, exception);
        return Failure.Of(exception);
    }

    [LoggerMessage(EventIds.StreamFailed, LogLevel.Error, "A stream ended with an unhandled exception")]
    private static partial void StreamFailed(ILogger logger, Exception exception);
}
