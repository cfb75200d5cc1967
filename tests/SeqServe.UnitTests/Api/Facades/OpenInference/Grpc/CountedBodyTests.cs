using Grpc.Core;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades.OpenInference;
using SeqServe.Api.Facades.OpenInference.Grpc;

namespace SeqServe.UnitTests.Api.Facades.OpenInference.Grpc;

public sealed class CountedBodyTests
{
    private readonly BodyBudget _budget = new(1000);

    [Fact]
    public async Task Read_MessageInPieces_IsCountedTwiceAsItArrives()
    {
        var sent = new SentBody();
        using var reservation = _budget.Begin();
        var body = new CountedBody(sent.Reader, reservation, isStream: false);

        foreach (var arrived in new[] { 100, 200, 300 })
        {
            sent.Send(new byte[100]);
            var read = await body.ReadAsync();
            Assert.Equal(2L * arrived, _budget.Reserved);
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    [Fact]
    public async Task Read_OfACall_KeepsTheMessageCountedUntilTheCallEnds()
    {
        var sent = new SentBody().Send(new byte[100]).End();
        using var reservation = _budget.Begin();
        var body = new CountedBody(sent.Reader, reservation, isStream: false);

        body.AdvanceTo((await body.ReadAsync()).Buffer.End);
        body.AdvanceTo((await body.ReadAsync()).Buffer.End);
        Assert.Equal(200, _budget.Reserved);
        reservation.Dispose();

        Assert.Equal(0, _budget.Reserved);
    }

    [Fact]
    public async Task Read_OfAStream_ReleasesTheMessageThatWasAnswered()
    {
        var sent = new SentBody().Send(new byte[150]);
        using var reservation = _budget.Begin();
        var body = new CountedBody(sent.Reader, reservation, isStream: true);
        var first = (await body.ReadAsync()).Buffer;
        body.AdvanceTo(first.GetPosition(100));
        reservation.Add(40);
        Assert.Equal(340, _budget.Reserved);

        var next = body.ReadAsync();

        Assert.Equal(50, (await next).Buffer.Length);
        Assert.Equal(100, _budget.Reserved);
    }

    [Fact]
    public async Task Read_AboveTheBudget_IsExhaustedWithTheTimeOfARetry()
    {
        using var other = _budget.Begin();
        other.Add(900);
        var sent = new SentBody().Send(new byte[51]);
        using var reservation = _budget.Begin();
        var body = new CountedBody(sent.Reader, reservation, isStream: false);

        var fault = await Assert.ThrowsAsync<RpcException>(() => body.ReadAsync().AsTask());

        Assert.Equal((StatusCode.ResourceExhausted, "1"), (fault.StatusCode, fault.Trailers.GetValue("retry-after")));
        Assert.Equal(ProblemKinds.Overloaded, body.Refusal!.Kind);
        Assert.Equal(900, _budget.Reserved);
        // The rest is left to the web server.
        Assert.True(sent.Send("more"u8).Reader.TryRead(out var rest));
        Assert.Equal(4, rest.Buffer.Length);
    }
}
