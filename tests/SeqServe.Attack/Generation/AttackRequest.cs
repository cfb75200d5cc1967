namespace SeqServe.Attack.Generation;

/// <summary>What must become of a request.</summary>
internal enum Expectation
{
    /// <summary>Any end but a fault of the server; the connection may be closed without an answer.</summary>
    NoFault,

    /// <summary>An answer, of any kind but a fault of the server: the request is whole as HTTP or gRPC.</summary>
    Answer,

    /// <summary>An answer that blames the request (4xx, INVALID_ARGUMENT and the like), or one that says that the server is busy.</summary>
    ClientError,

    /// <summary>The right answer, or one that says that the server is busy.</summary>
    Success,
}

/// <summary>How the client ends a request once all bytes are sent.</summary>
internal enum Finish
{
    /// <summary>It waits for the answer.</summary>
    Wait,

    /// <summary>It says that nothing more comes, and waits: for bodies that are shorter than they promise.</summary>
    HalfClose,

    /// <summary>It resets the connection at once.</summary>
    Leave,
}

/// <summary>One request of the attack.</summary>
internal abstract record AttackRequest
{
    /// <summary>The kind of malformation, as <c>--skip</c> names it.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Its place in the run; with the seed it says all about the request.</summary>
    public long Index { get; init; }

    public Expectation Expectation { get; init; } = Expectation.NoFault;

    /// <summary>A short name for people: method and path.</summary>
    public required string Label { get; init; }
}

/// <summary>Bytes over a connection of its own.</summary>
internal sealed record SocketRequest : AttackRequest
{
    /// <summary>What is sent, part by part.</summary>
    public required IReadOnlyList<byte[]> Parts { get; init; }

    /// <summary>How long the client waits between two parts.</summary>
    public TimeSpan Pause { get; init; }

    public Finish Finish { get; init; }

    /// <summary>Whether it goes to the port of gRPC.</summary>
    public bool IsToGrpcPort { get; init; }

    /// <summary>Whether the answer has no body, whatever its head says: HEAD.</summary>
    public bool IsHead { get; init; }

    /// <summary>How many answers are waited for, where the connection stays open.</summary>
    public int Answers { get; init; } = 1;
}

/// <summary>A call over HTTP/2.</summary>
internal sealed record GrpcRequest : AttackRequest
{
    public required string Path { get; init; }

    /// <summary>Everything behind the headers: frames of gRPC, or what is sent in their place.</summary>
    public required byte[] Body { get; init; }

    public string Method { get; init; } = "POST";

    public string ContentType { get; init; } = "application/grpc";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}
