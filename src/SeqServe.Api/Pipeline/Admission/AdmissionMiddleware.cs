using System.Diagnostics;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Errors;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Api.Security;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks;

namespace SeqServe.Api.Pipeline.Admission;

/// <summary>
/// Refuses what a full queue would refuse anyway, before anything else is done for it: under overload most requests end here, and what they cost is taken from
/// those that are answered. Whatever it is not sure of goes on and is answered where it belongs: an unknown caller, an unknown model, a body that is no JSON or
/// not complete.
/// </summary>
internal sealed class AdmissionMiddleware(
    RequestDelegate next,
    ModelRegistry registry,
    ApiKeyGate keys,
    ServingMetrics metrics,
    RefusalLog refusals,
    Serilog.ILogger logger,
    TimeProvider time,
    IOptions<SeqServeOptions> options)
{
    private readonly long _maxBytes = options.Value.MaxRequestBytes;
    private readonly TimeSpan? _timeout = options.Value.RequestTimeout;

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<QueueAttribute>() is not { } route)
            return next(context);
        // While no queue of the route's models is near its limits, the body is not worth a look.
        if (!TimeoutHeader.TryRead(context.Request, out var timeout) || !IsAnyFull(route, timeout ?? _timeout))
            return next(context);
        var started = time.GetTimestamp();
        if (Model(context.Request, route) is not { } model || Refusal(model, route, timeout ?? _timeout) is not { } refusal || !MayRefuse(context))
            return next(context);
        Refuse(context, refusal, FailureWriter.Shape(endpoint));
        metrics.RequestEnded(RequestOutcome.Overloaded, model.Metrics, time.GetElapsedTime(started), time.GetUtcNow());
        refusals.Add();
        return Task.CompletedTask;
    }

    private bool IsAnyFull(QueueAttribute route, TimeSpan? timeout) =>
        registry.AnyServed(route.Task, (route, timeout), static (model, asked) => Refusal(model, asked.route, asked.timeout) is not null);

    private ServedModel? Model(HttpRequest request, QueueAttribute route) =>
        Peek(request) is { } named ? registry.Peek(route.Task, named.Name, named.Version) : null;

    // Only looks at the body; the route still reads all of it.
    private NamedModel? Peek(HttpRequest request)
    {
        try
        {
            if (request.ContentLength > _maxBytes || !request.BodyReader.TryRead(out var read))
                return null;
            var named = read.IsCompleted && read.Buffer.Length <= _maxBytes ? NamedModel.Find(read.Buffer) : null;
            request.BodyReader.AdvanceTo(read.Buffer.Start);
            return named;
        }
        catch (Exception e) when (e is BadHttpRequestException or IOException or OperationCanceledException)
        {
            // A broken chunk, or a caller that has left: the route will find the same when it reads the body.
            return null;
        }
    }

    private static QueueRefusal? Refusal(ServedModel model, QueueAttribute route, TimeSpan? timeout) =>
        model.QueueOf(route.Operation)?.Refusal(rows: 1, timeout) is { Code: ServingErrorCode.Overloaded } refusal ? refusal : null;

    // Single refusals are lines of level Debug; while those are written, the request goes on to where its line is written.
    private bool MayRefuse(HttpContext context) => keys.Knows(context) && Activity.Current is not null && !logger.IsEnabled(Serilog.Events.LogEventLevel.Debug);

    private static void Refuse(HttpContext context, QueueRefusal refusal, ErrorShape shape)
    {
        var response = context.Response;
        var body = RefusalBody.Of(refusal, shape);
        response.StatusCode = ProblemKinds.Overloaded.Status;
        response.Headers.RetryAfter = FailureWriter.RetryAfter(refusal.RetryAfter!.Value);
        BrowserGuards.Add(response);
        response.Headers[RequestId.Header] = RequestId.Of(context);
        response.ContentType = shape.MediaType;
        response.ContentLength = body.Length;
        body.Write(response.BodyWriter.GetSpan(body.Length), Activity.Current!.TraceId.ToHexString());
        response.BodyWriter.Advance(body.Length);
    }
}
