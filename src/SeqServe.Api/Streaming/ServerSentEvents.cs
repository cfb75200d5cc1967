using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using SeqServe.Api.Answers;
using SeqServe.Api.Errors;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Streaming;

/// <summary>
/// Answers a request with server-sent events (WHATWG HTML, 9.2). Nothing is sent before the first event or the first pause: what fails until then fails with
/// its own status, what fails later ends the stream with an event that carries the failure. Events that are there at the same time go out together.
/// </summary>
public sealed partial class ServerSentEvents(AnswerTime answers, TimeProvider time, ILogger<ServerSentEvents> logger)
{
    /// <summary>The media type of server-sent events.</summary>
    internal const string MediaType = "text/event-stream";

    /// <summary>Proxies cut connections that are silent for 30 to 60 s.</summary>
    internal static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>Sends events as they come, until the last one, the first failure, or until the client goes.</summary>
    /// <param name="context">The request.</param>
    /// <param name="events">The events. What can be refused must have been refused by now; disposed at the end, also when the client goes.</param>
    internal async Task SendAsync(HttpContext context, IAsyncEnumerable<StreamEvent> events)
    {
        var response = context.Response;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-cache";
        // nginx would gather events into buffers.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        answers.Watch(context);
        try
        {
            await WriteAsync(context, events);
        }
        catch (Exception e) when (response.HasStarted && context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client has gone in the middle; nothing can be sent to it.
        }
    }

    private async Task WriteAsync(HttpContext context, IAsyncEnumerable<StreamEvent> events)
    {
        var body = context.Response.BodyWriter;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        await using var source = events.GetAsyncEnumerator(ending.Token);
        var hasBegun = false;
        while (true)
        {
            try
            {
                var next = source.MoveNextAsync();
                if (!(next.IsCompleted ? await next : await PauseAsync(next.AsTask(), body, hasBegun, ending)))
                    break;
            }
            catch (Exception e) when ((hasBegun || context.Response.HasStarted) && !context.RequestAborted.IsCancellationRequested)
            {
                Write(body, new StreamEvent(FailureWriter.Shape(context).EventName, FailureWriter.Body(context, Describe(e))));
                break;
            }

            Write(body, source.Current);
            hasBegun = true;
        }

        await body.FlushAsync(context.RequestAborted);
    }

    // Sends what is written, then waits; nothing else writes to the body meanwhile.
    private async Task<bool> PauseAsync(Task<bool> next, PipeWriter body, bool hasBegun, CancellationTokenSource ending)
    {
        try
        {
            if (hasBegun)
                await body.FlushAsync(ending.Token);
            while (true)
            {
                try
                {
                    return await next.WaitAsync(KeepAlive, time, CancellationToken.None);
                }
                catch (TimeoutException) when (!next.IsCompleted)
                {
                    body.Write(": keep-alive\n\n"u8);
                    await body.FlushAsync(ending.Token);
                }
            }
        }
        catch when (!next.IsCompleted)
        {
            // What was written did not go out. An enumerator may not be disposed while it is at work.
            await ending.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private static void Write(PipeWriter body, StreamEvent item)
    {
        if (item.Name is { } name)
        {
            body.Write("event: "u8);
            Encoding.UTF8.GetBytes(name, body);
            body.Write("\n"u8);
        }

        body.Write("data: "u8);
        body.Write(item.Data.Span);
        body.Write("\n\n"u8);
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

/// <summary>One server-sent event.</summary>
/// <param name="Name">Its name, or null for none.</param>
/// <param name="Data">UTF-8 text of one line.</param>
internal readonly record struct StreamEvent(string? Name, ReadOnlyMemory<byte> Data)
{
    /// <summary>An event that carries a contract.</summary>
    public static StreamEvent Of<T>(string? name, T data, JsonTypeInfo<T> type) => new(name, JsonSerializer.SerializeToUtf8Bytes(data, type));
}
