using System.Globalization;
using SeqServe.Attack.Generation;
using SeqServe.Attack.Sending;
using SeqServe.Attack.Server;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Phases;

/// <summary>What all phases use.</summary>
/// <param name="Options">The run's.</param>
/// <param name="Target">The server.</param>
/// <param name="Factory">Makes the malformed requests.</param>
/// <param name="Violations">What must not happen and did.</param>
/// <param name="Output">Where progress is told.</param>
internal sealed record AttackContext(AttackOptions Options, AttackTarget Target, RequestFactory Factory, Violations Violations, TextWriter Output)
{
    /// <summary>Whether a phase or a kind of requests is left out.</summary>
    public bool Skips(string name) => Options.Skip.Contains(name);

    /// <summary>A client for malformed requests; one request at a time.</summary>
    public Exchange Connect() => new(this);

    /// <summary>A client for good requests.</summary>
    public Canaries ConnectCanaries() => new(Target, Options, Violations);

    /// <summary>Notes a violation of a phase whose requests are no series.</summary>
    public void Violation(string what, FormattableString detail) => Violations.Add(what, detail.ToString(CultureInfo.InvariantCulture));
}

/// <summary>A client: sends requests of both protocols and judges what comes of them.</summary>
/// <param name="context">The run.</param>
internal sealed class Exchange(AttackContext context) : IDisposable
{
    private const int LongestRequest = 300;

    private readonly SocketSender _sockets = new(
        AttackTarget.EndPoint(context.Target.Http),
        context.Target.Grpc is { } grpc ? AttackTarget.EndPoint(grpc) : null,
        context.Options.Patience);

    private readonly GrpcSender? _grpc = context.Target.Grpc is { } grpc ? new GrpcSender(grpc, context.Options.Patience) : null;

    /// <summary>Sends a request without a verdict.</summary>
    public Task<Outcome> SendAsync(AttackRequest request) => request switch
    {
        SocketRequest socket => _sockets.SendAsync(socket),
        GrpcRequest call when _grpc is not null => _grpc.SendAsync(call),
        _ => Task.FromResult(new Outcome(End.Left, [], TimeSpan.Zero)),
    };

    /// <summary>Sends a request, counts it, and notes what is wrong with its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tally">Counts it.</param>
    /// <param name="inFlight">All requests that are under way: one of them may end the process.</param>
    public async Task<Outcome> SendAsync(AttackRequest request, Tally tally, Func<string> inFlight)
    {
        var deaths = context.Target.Deaths;
        var outcome = await SendAsync(request);
        tally.Add(request, outcome);
        if (Judge.Fault(request, outcome) is not { } fault)
            return outcome;
        if (outcome.End is not End.Answered && await context.Target.HasDiedAsync(deaths, context.Violations, inFlight))
            return outcome;
        var answer = outcome.Answers.Count == 0 ? "" : $"\n      answer: {outcome.Answers[^1].Status} {Printable.Of(outcome.Answers[^1].Text, LongestRequest)}";
        context.Violations.Add(request.Index, $"[{request.Kind}] {fault}", $"{request.Label}\n      {Printable.Of(request, LongestRequest)}{answer}");
        return outcome;
    }

    public void Dispose() => _grpc?.Dispose();
}
