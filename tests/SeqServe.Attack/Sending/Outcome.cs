namespace SeqServe.Attack.Sending;

/// <summary>How an exchange ended, as the client saw it.</summary>
internal enum End
{
    /// <summary>With whole answers.</summary>
    Answered,

    /// <summary>The server closed or reset the connection, or the stream, before the answer was whole.</summary>
    Closed,

    /// <summary>Neither an answer nor an end came in time.</summary>
    TimedOut,

    /// <summary>The client left, or could not say what it had to.</summary>
    Left,

    /// <summary>Nobody listens.</summary>
    Refused,
}

/// <summary>One answer.</summary>
/// <param name="Status">Its HTTP status.</param>
/// <param name="Text">Its body, or the message of a gRPC status; shortened.</param>
/// <param name="HasRetryAfter">Whether it says when to come back.</param>
internal readonly record struct Answer(int Status, string Text, bool HasRetryAfter)
{
    /// <summary>The status of gRPC, or null for HTTP.</summary>
    public int? GrpcStatus { get; init; }
}

/// <summary>What came of a request.</summary>
/// <param name="End">How the exchange ended.</param>
/// <param name="Answers">The whole answers; final ones only.</param>
/// <param name="Took">From the last byte sent to the end.</param>
internal sealed record Outcome(End End, IReadOnlyList<Answer> Answers, TimeSpan Took);
