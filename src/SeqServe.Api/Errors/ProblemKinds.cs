using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Errors;

/// <summary>One row of the error table: what HTTP says for a kind of failure.</summary>
/// <param name="Slug">The stable end of the problem's type, <c>/problems/&lt;slug&gt;</c>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The same short text for every problem of the kind.</param>
/// <param name="Outcome">How metrics count it.</param>
/// <param name="Example">A detail as a caller may see it, for the documentation.</param>
internal sealed record ProblemKind(string Slug, int Status, string Title, RequestOutcome Outcome, string Example)
{
    /// <summary>The problem's type.</summary>
    public string Type => $"/problems/{Slug}";
}

/// <summary>The error table.</summary>
internal static class ProblemKinds
{
    public static readonly ProblemKind InvalidRequest = new("invalid-request", 400, "The request is not valid.", RequestOutcome.ClientError,
        "top_k: must be in 1–2, the number of this model's labels");
    public static readonly ProblemKind Unauthorized = new("unauthorized", 401, "An API key is needed.", RequestOutcome.ClientError,
        "Send a known key as \"Authorization: Bearer <key>\" or \"X-Api-Key: <key>\".");
    public static readonly ProblemKind Forbidden = new("forbidden", 403, "The caller may not do this.", RequestOutcome.ClientError,
        "Only a key with \"Admin\": true may load and unload models.");
    public static readonly ProblemKind CrossSite = new("cross-site", 403, "The request comes from another site.", RequestOutcome.ClientError,
        "Pages of other sites may not call this route. Call it from your own server, or from a page that the same host serves.");
    public static readonly ProblemKind ModelNotFound = new("model-not-found", 404, "There is no such model.", RequestOutcome.ClientError,
        "No model of that name. GET /v1/models lists the models there are.");
    public static readonly ProblemKind NotFound = new("not-found", 404, "There is no such route.", RequestOutcome.ClientError,
        "No route matches this path. /swagger lists the routes there are.");
    public static readonly ProblemKind MethodNotAllowed = new("method-not-allowed", 405, "The route does not take this method.", RequestOutcome.ClientError,
        "The header Allow lists the methods this route takes.");
    public static readonly ProblemKind RequestTimeout = new("request-timeout", 408, "The request came too slowly.", RequestOutcome.ClientError,
        "The body did not arrive in time. Send it without pauses, or over a faster connection.");
    public static readonly ProblemKind StateMismatch = new("state-mismatch", 409, "The state is of another model.", RequestOutcome.ClientError,
        "state: was made by lm-lstm version 1, this is lm-gru version 1; send it to the model it came from, or send the whole text without a state");
    public static readonly ProblemKind PayloadTooLarge = new("payload-too-large", 413, "The request body is too large.", RequestOutcome.ClientError,
        "The body is larger than the 1048576 bytes this server takes; send fewer or shorter inputs.");
    public static readonly ProblemKind UnsupportedMediaType = new("unsupported-media-type", 415, "The body is of the wrong type.", RequestOutcome.ClientError,
        "Send the body as JSON in UTF-8, with \"Content-Type: application/json\" and without compression.");
    public static readonly ProblemKind InputTooLong = new("input-too-long", 422, "A text is too long.", RequestOutcome.ClientError,
        "inputs[1]: The text has more than the 256 tokens this model takes; shorten it or send \"truncate\": true.");
    public static readonly ProblemKind InputEmpty = new("input-empty", 422, "A text is empty.", RequestOutcome.ClientError,
        "inputs: The text has nothing to classify; send at least one visible character.");
    public static readonly ProblemKind LoadFailed = new("load-failed", 422, "The model cannot be loaded.", RequestOutcome.ClientError,
        "Model \"film\" was not loaded as a whole. Version 2: labels.txt holds 3 labels, the graph computes 2 classes; they must be equal. "
        + "What served before goes on.");
    public static readonly ProblemKind Overloaded = new("overloaded", 429, "The model's queue is full.", RequestOutcome.Overloaded,
        "The model's queue is full: 1024 rows may wait. Retry after the time in Retry-After.");
    public static readonly ProblemKind RateLimited = new("rate-limited", 429, "The API key has used up its rate.", RequestOutcome.Overloaded,
        "The key may send 60 requests a minute. Retry after the time in Retry-After.");
    public static readonly ProblemKind Internal = new("internal-error", 500, "The server failed.", RequestOutcome.Error,
        "The request failed for a reason that is not in the request; the log has it under this trace_id.");
    public static readonly ProblemKind InferenceFailed = new("inference-failed", 500, "The model failed.", RequestOutcome.Error,
        "The model failed on this input. Try another input or another model; the log has the cause.");
    public static readonly ProblemKind ModelNotReady = new("model-not-ready", 503, "The model is not ready.", RequestOutcome.Error,
        "Model \"sentiment-lstm\" version 1 is Loading: is being loaded.");
    public static readonly ProblemKind Draining = new("draining", 503, "The server is shutting down.", RequestOutcome.Error,
        "The server is shutting down. Send the request to another replica.");
    public static readonly ProblemKind DeadlineExceeded = new("deadline-exceeded", 504, "The deadline passed.", RequestOutcome.Deadline,
        "The deadline passed before the answer was ready. Allow more time or send fewer inputs.");

    /// <summary>The row of a code.</summary>
    public static ProblemKind Of(ServingErrorCode code) => code switch
    {
        ServingErrorCode.InvalidRequest => InvalidRequest,
        ServingErrorCode.Unauthorized => Unauthorized,
        ServingErrorCode.Forbidden => Forbidden,
        ServingErrorCode.ModelNotFound => ModelNotFound,
        ServingErrorCode.StateMismatch => StateMismatch,
        ServingErrorCode.PayloadTooLarge => PayloadTooLarge,
        ServingErrorCode.InputTooLong => InputTooLong,
        ServingErrorCode.InputEmpty => InputEmpty,
        ServingErrorCode.Overloaded => Overloaded,
        ServingErrorCode.RateLimited => RateLimited,
        ServingErrorCode.ModelNotReady => ModelNotReady,
        ServingErrorCode.Draining => Draining,
        ServingErrorCode.DeadlineExceeded => DeadlineExceeded,
        ServingErrorCode.InferenceFailed => InferenceFailed,
        ServingErrorCode.LoadFailed => LoadFailed,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "The code has no row in the error table."),
    };

    /// <summary>The row of a status that the framework chose, without an exception of ours.</summary>
    public static ProblemKind OfStatus(int status) => status switch
    {
        404 => NotFound,
        405 => MethodNotAllowed,
        408 => RequestTimeout,
        413 => PayloadTooLarge,
        415 => UnsupportedMediaType,
        >= 500 => Internal,
        _ => InvalidRequest,
    };
}
