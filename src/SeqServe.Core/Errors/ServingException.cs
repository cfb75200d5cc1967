namespace SeqServe.Core.Errors;

/// <summary>The one exception that carries a failure to the caller: a code, a text that says what to change, and where.</summary>
/// <param name="code">The row of the error table.</param>
/// <param name="detail">What is wrong and what to change, for the person who sent the request. Never a path or a stack trace.</param>
/// <param name="innerException">The cause, for the log only.</param>
public sealed class ServingException(ServingErrorCode code, string detail, Exception? innerException = null)
    : Exception(detail, innerException)
{
    /// <summary>The row of the error table.</summary>
    public ServingErrorCode Code { get; } = code;

    /// <summary>Messages by request field (<c>inputs[3]</c>, <c>top_k</c>), or null when no single field is at fault.</summary>
    public IReadOnlyDictionary<string, string[]>? FieldErrors { get; init; }

    /// <summary>When a retry makes sense, or null when it never does.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A failure of one request field; its message is also the detail.</summary>
    public static ServingException ForField(ServingErrorCode code, string field, string message) =>
        new(code, $"{field}: {message}") { FieldErrors = new Dictionary<string, string[]> { [field] = [message] } };
}
