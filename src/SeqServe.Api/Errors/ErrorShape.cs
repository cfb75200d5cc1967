namespace SeqServe.Api.Errors;

/// <summary>How a facade writes a failure: metadata of its routes. Without one, failures are problem documents.</summary>
internal abstract class ErrorShape
{
    /// <summary>Media type of the body.</summary>
    public abstract string MediaType { get; }

    /// <summary>The contract of the body.</summary>
    public abstract Type Contract { get; }

    /// <summary>Name of the event that ends a stream with a failure; null for the protocol's nameless events.</summary>
    public virtual string? EventName => "error";

    /// <summary>The failure as UTF-8 JSON.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="traceId">The request's trace.</param>
    public abstract byte[] Write(Failure failure, string traceId);

    /// <summary>Answers a request with a failure; nothing of the answer has been sent yet.</summary>
    public virtual Task AnswerAsync(HttpContext context, Failure failure)
    {
        var response = context.Response;
        response.StatusCode = failure.Kind.Status;
        if (failure.RetryAfter is { } wait)
            response.Headers.RetryAfter = FailureWriter.RetryAfter(wait);
        if (failure.Kind.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        response.ContentType = MediaType;
        var body = FailureWriter.Body(context, failure);
        response.ContentLength = body.Length;
        // Without the caller's presence: once the caller has left, the web server drops what is written, and a cancelled write would be logged as an error of
        // this server.
        return response.Body.WriteAsync(body, CancellationToken.None).AsTask();
    }
}
