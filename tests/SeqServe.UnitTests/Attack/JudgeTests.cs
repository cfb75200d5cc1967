using SeqServe.Attack.Generation;
using SeqServe.Attack.Sending;
using SeqServe.Attack.Verdicts;

namespace SeqServe.UnitTests.Attack;

public class JudgeTests
{
    private const string ModelFailed = "inputs: The model failed on this input. Try another input or another model; the log has the cause.";

    [Theory]
    [InlineData(nameof(Expectation.NoFault), 500, "The server failed.", "500")]
    [InlineData(nameof(Expectation.NoFault), 502, "", "502")]
    [InlineData(nameof(Expectation.NoFault), 505, "", "505")]
    [InlineData(nameof(Expectation.NoFault), 503, "", null)]
    [InlineData(nameof(Expectation.NoFault), 504, "", null)]
    [InlineData(nameof(Expectation.NoFault), 400, "x is missing", null)]
    [InlineData(nameof(Expectation.Answer), 500, ModelFailed, null)]
    [InlineData(nameof(Expectation.ClientError), 500, ModelFailed, "the client's fault is not called one")]
    [InlineData(nameof(Expectation.ClientError), 200, "", "a value that cannot be right is answered")]
    [InlineData(nameof(Expectation.ClientError), 400, "ids: 12 is out of range", null)]
    [InlineData(nameof(Expectation.Success), 400, "", "a valid request is not answered")]
    [InlineData(nameof(Expectation.Success), 503, "", null)]
    [InlineData(nameof(Expectation.NoFault), 429, "", "429 without Retry-After")]
    [InlineData(nameof(Expectation.NoFault), 400, "System.InvalidOperationException: no", "the answer tells of the server's inside (\"Exception\")")]
    [InlineData(nameof(Expectation.NoFault), 400, "cannot read /tmp/x", "the answer tells of the server's inside (\"/tmp/\")")]
    public void Fault_OfAnAnswer_IsWhatTheServerMustNotSay(string expectation, int status, string text, string? fault) =>
        Assert.Equal(fault, Judge.Fault(Http(expectation), Answered(new Answer(status, text, HasRetryAfter: false))));

    [Theory]
    [InlineData(0, null)]
    [InlineData(3, null)]
    [InlineData(2, "gRPC status 2")]
    [InlineData(13, "gRPC status 13")]
    [InlineData(15, "gRPC status 15")]
    public void Fault_OfAStatusOfGrpc_IsWhatBlamesTheServer(int status, string? fault) =>
        Assert.Equal(fault, Judge.Fault(Grpc(), Answered(new Answer(200, "", HasRetryAfter: false) { GrpcStatus = status })));

    [Fact]
    public void Fault_OfACallWithoutAStatus_IsTold() =>
        Assert.Equal("an answer to gRPC without grpc-status", Judge.Fault(Grpc(), Answered(new Answer(404, "", HasRetryAfter: false))));

    [Theory]
    [InlineData(nameof(Expectation.NoFault), nameof(End.Closed), null)]
    [InlineData(nameof(Expectation.Answer), nameof(End.Closed), "closed without an answer")]
    [InlineData(nameof(Expectation.NoFault), nameof(End.TimedOut), "no answer and no end in time")]
    [InlineData(nameof(Expectation.NoFault), nameof(End.Refused), "the server does not listen")]
    [InlineData(nameof(Expectation.Answer), nameof(End.Left), null)]
    public void Fault_WithoutAnAnswer_DependsOnTheEnd(string expectation, string end, string? fault) =>
        Assert.Equal(fault, Judge.Fault(Http(expectation), new Outcome(Enum.Parse<End>(end), [], TimeSpan.Zero)));

    private static Outcome Answered(Answer answer) => new(End.Answered, [answer], TimeSpan.Zero);

    private static SocketRequest Http(string expectation) =>
        new() { Label = "POST /", Parts = [], Expectation = Enum.Parse<Expectation>(expectation) };

    private static GrpcRequest Grpc() => new() { Label = "/a/b", Path = "/a/b", Body = [] };
}
