namespace SeqServe.Core.Diagnostics;

internal static class RequestOutcomeExtensions
{
    public static string ToLabel(this RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Ok => "ok",
        RequestOutcome.ClientError => "client_error",
        RequestOutcome.Overloaded => "overloaded",
        RequestOutcome.Cancelled => "cancelled",
        RequestOutcome.Deadline => "deadline",
        _ => "error",
    };
}
