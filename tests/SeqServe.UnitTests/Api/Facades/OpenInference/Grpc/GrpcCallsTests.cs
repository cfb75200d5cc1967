using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades.OpenInference.Grpc;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Facades.OpenInference.Grpc;

public sealed class GrpcCallsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DefaultHttpContext _http = new();

    [Theory]
    [InlineData(0.0, StatusCode.DeadlineExceeded)]
    [InlineData(-5.0, StatusCode.DeadlineExceeded)]
    [InlineData(0.1, StatusCode.DeadlineExceeded)]
    [InlineData(1.0, StatusCode.Cancelled)]
    [InlineData(null, StatusCode.Cancelled)]
    public async Task Unary_CancelledWithTimeLeft_IsLateOnlyWhenTheDeadlineHasPassed(double? left, StatusCode status)
    {
        var deadline = left is { } seconds ? _time.GetUtcNow().UtcDateTime.AddSeconds(seconds) : DateTime.MaxValue;

        var fault = await FailAsync(new OperationCanceledException(), deadline, isCancelled: true);

        Assert.Equal(status, fault.StatusCode);
        Assert.Equal(status == StatusCode.DeadlineExceeded ? ProblemKinds.DeadlineExceeded : null, _http.Features.Get<ProblemKind>());
    }

    [Fact]
    public async Task Unary_ConnectionReset_IsCancelledBeforeTheServerSaysSo() =>
        Assert.Equal(StatusCode.Cancelled, (await FailAsync(new ConnectionResetException("reset"), DateTime.MaxValue, isCancelled: false)).StatusCode);

    [Fact]
    public async Task Unary_Refusal_HasItsStatusInFewWords()
    {
        var fault = await FailAsync(new ServingException(ServingErrorCode.InvalidRequest, new string('é', 100_000)), DateTime.MaxValue, isCancelled: false);

        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.InRange(Uri.EscapeDataString(fault.Status.Detail).Length, 1, 8000);
        Assert.Equal(ProblemKinds.InvalidRequest, _http.Features.Get<ProblemKind>());
    }

    [Theory]
    [InlineData(StatusCode.Internal, StatusCode.InvalidArgument)]
    [InlineData(StatusCode.Unknown, StatusCode.InvalidArgument)]
    [InlineData(StatusCode.ResourceExhausted, StatusCode.ResourceExhausted)]
    [InlineData(null, StatusCode.InvalidArgument)]
    public async Task Stream_MessageThatCannotBeRead_IsTheCallersFault(StatusCode? library, StatusCode status)
    {
        Exception unreadable = library is { } code ? new RpcException(new Status(code, "")) : Unparsed();

        var fault = await Assert.ThrowsAsync<RpcException>(() => Calls().DuplexStreamingServerHandler<object, object>(
            null!, null!, new Call(_http, DateTime.MaxValue, new CancellationToken(false)), (_, _, _) => throw unreadable));

        Assert.Equal(status, fault.StatusCode);
    }

    private static InvalidProtocolBufferException Unparsed() =>
        Assert.Throws<InvalidProtocolBufferException>(() => SeqServe.Api.Facades.OpenInference.Grpc.Protocol.ModelInferRequest.Parser.ParseFrom([0xff]));

    private GrpcCalls Calls() => new(_time, NullLogger<GrpcCalls>.Instance);

    private Task<RpcException> FailAsync(Exception exception, DateTime deadline, bool isCancelled) => Assert.ThrowsAsync<RpcException>(
        () => Calls().UnaryServerHandler<object, object>(
            new object(), new Call(_http, deadline, new CancellationToken(isCancelled)), (_, _) => throw exception));

    private sealed class Call : ServerCallContext
    {
        private readonly DateTime _deadline;
        private readonly CancellationToken _cancellation;

        public Call(HttpContext http, DateTime deadline, CancellationToken cancellation)
        {
            (_deadline, _cancellation) = (deadline, cancellation);
            // Where the library looks for it.
            UserState["__HttpContext"] = http;
        }

        protected override string MethodCore => "/a/b";

        protected override string HostCore => "";

        protected override string PeerCore => "";

        protected override DateTime DeadlineCore => _deadline;

        protected override Metadata RequestHeadersCore { get; } = [];

        protected override CancellationToken CancellationTokenCore => _cancellation;

        protected override Metadata ResponseTrailersCore { get; } = [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore => throw new NotSupportedException();

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => throw new NotSupportedException();
    }
}
