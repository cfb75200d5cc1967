using SeqServe.Core.Errors;

namespace SeqServe.Core.Batching;

/// <summary>Failures of rows that get no answer.</summary>
internal static class RowFailures
{
    /// <summary>The run, or what followed it, failed.</summary>
    public static ServingException Of(Exception cause) => cause as ServingException ?? new ServingException(
        ServingErrorCode.InferenceFailed, "The model failed on this input. Try another input or another model; the log has the cause.", cause);

    /// <summary>The failure of a run that nobody waits for any more. No caller sees it.</summary>
    public static ServingException Deserted { get; } = new(ServingErrorCode.InferenceFailed, "Nobody waits for the run any more.");

    /// <summary>The model is being unloaded.</summary>
    public static ServingException Closed() =>
        new(ServingErrorCode.Draining, "The model is being unloaded. Retry in a moment.") { RetryAfter = TimeSpan.FromSeconds(1) };
}
