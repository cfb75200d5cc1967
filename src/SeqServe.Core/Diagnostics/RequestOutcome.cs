namespace SeqServe.Core.Diagnostics;

/// <summary>How a request ended, as the metrics count it.</summary>
public enum RequestOutcome
{
    /// <summary>Answered.</summary>
    Ok,

    /// <summary>A fault of the request.</summary>
    ClientError,

    /// <summary>Refused because the queue is full or the rate is used up.</summary>
    Overloaded,

    /// <summary>The client has left.</summary>
    Cancelled,

    /// <summary>The deadline passed.</summary>
    Deadline,

    /// <summary>The server's fault, or a model that is not ready.</summary>
    Error,

    /// <summary>The server's own, before it was ready.</summary>
    WarmUp,
}

internal static class RequestOutcomeExtensions
{
    public static string ToLabel(this RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Ok => "ok",
        RequestOutcome.ClientError => "client_error",
        RequestOutcome.Overloaded => "overloaded",
        RequestOutcome.Cancelled => "cancelled",
        RequestOutcome.Deadline => "deadline",
        RequestOutcome.WarmUp => "warm_up",
        _ => "error",
    };
}
