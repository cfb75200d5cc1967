using SeqServe.Core.Errors;

namespace SeqServe.Core.Batching;

/// <summary>What rows are told that get no answer.</summary>
internal static class RowFailures
{
    /// <summary>The run or what followed it failed.</summary>
    public static ServingException Of(Exception cause) =>
        cause as ServingException ?? new ServingException(ServingErrorCode.InferenceFailed, "The model failed on this input. Try another input or another model; the log has the cause.", cause);

    /// <summary>The model goes.</summary>
    public static ServingException Closed() => new(ServingErrorCode.Draining, "The model is being unloaded. Retry in a moment.") { RetryAfter = TimeSpan.FromSeconds(1) };
}
