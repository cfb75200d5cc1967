using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades.OpenInference;
using SeqServe.Api.Facades.OpenInference.Grpc;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;

namespace SeqServe.UnitTests.Api.Facades.OpenInference.Grpc;

public sealed class CountedBodyTests
{
    private static readonly MessageMemory s_memory = new(ModelInferRequest.Descriptor);
    private static readonly byte[] s_message = new ModelInferRequest { RawInputContents = { ByteString.CopyFrom(new byte[295]) } }.ToByteArray();
    private static readonly long s_parsed = s_memory.Of(new ReadOnlySequence<byte>(s_message));

    private readonly BodyBudget _budget = new(100_000);

    [Fact]
    public async Task Read_MessageInPieces_IsCountedAsItArrivesAndParsedWhenItIsWhole()
    {
        var frame = Frames.Of(s_message);
        var sent = new SentBody();
        using var reservation = _budget.Begin();
        var body = new CountedBody(sent.Reader, reservation, s_memory, isStream: false);

        foreach (var (start, end) in new[] { (0, 3), (3, 100), (100, frame.Length - 1), (frame.Length - 1, frame.Length) })
        {
            sent.Send(frame.AsSpan(start..end));
            var read = await body.ReadAsync();
            Assert.Equal(end + (end == frame.Length ? s_parsed : 0), _budget.Reserved);
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    [Fact]
    public async Task Read_OfACall_KeepsTheMessageCountedUntilTheCallEnds()
    {
        var frame = Frames.Of(s_message);
        var sent = new SentBody().Send(frame).End();
        using var reservation = _budget.Begin();
        var body = new CountedBody(sent.Reader, reservation, s_memory, isStream: false);

        body.AdvanceTo((await body.ReadAsync()).Buffer.End);
        body.AdvanceTo((await body.ReadAsync()).Buffer.End);
        Assert.Equal(frame.Length + s_parsed, _budget.Reserved);
        reservation.Dispose();

        Assert.Equal(0, _budget.Reserved);
    }

    [Fact]
    public async Task Read_OfAStream_ReleasesTheMessageThatWasAnsweredAndCountsTheNext()
    {
        var frame = Frames.Of(s_message);
        var sent = new SentBody().Send(frame).Send(frame.AsSpan(0, 50));
        using var reservation = _budget.Begin();
        var body = new CountedBody(sent.Reader, reservation, s_memory, isStream: true);
        var first = (await body.ReadAsync()).Buffer;
        body.AdvanceTo(first.GetPosition(frame.Length));
        reservation.Add(40);
        Assert.Equal(frame.Length + s_parsed + 50 + 40, _budget.Reserved);

        var rest = (await body.ReadAsync()).Buffer;
        Assert.Equal((50, 50L), (rest.Length, _budget.Reserved));
        body.AdvanceTo(rest.Start, rest.End);
        sent.Send(frame.AsSpan(50));

        await body.ReadAsync();
        Assert.Equal(frame.Length + s_parsed, _budget.Reserved);
    }

    [Fact]
    public async Task Read_OfACompressedMessage_CountsItsBytesAlone()
    {
        var sent = new SentBody().Send(Frames.Of(s_message, isCompressed: true));
        using var reservation = _budget.Begin();

        await new CountedBody(sent.Reader, reservation, s_memory, isStream: false).ReadAsync();

        Assert.Equal(Frames.Head + s_message.Length, _budget.Reserved);
    }

    [Theory]
    [InlineData(99_900, 101)]
    [InlineData(99_000, 305)]
    public async Task Read_AboveTheBudget_IsExhaustedWithTheTimeOfARetry(long held, int arrived)
    {
        using var other = _budget.Begin();
        other.Add(held);
        var sent = new SentBody().Send(Frames.Of(s_message).AsSpan(0, Math.Min(arrived, Frames.Head + s_message.Length)));
        using var reservation = _budget.Begin();
        var body = new CountedBody(sent.Reader, reservation, s_memory, isStream: false);

        var fault = await Assert.ThrowsAsync<RpcException>(() => body.ReadAsync().AsTask());

        Assert.Equal((StatusCode.ResourceExhausted, "1"), (fault.StatusCode, fault.Trailers.GetValue("retry-after")));
        Assert.Equal(ProblemKinds.Overloaded, body.Refusal!.Kind);
        reservation.Dispose();
        Assert.Equal(held, _budget.Reserved);
        // The rest is left to the web server.
        Assert.True(sent.Send("more"u8).Reader.TryRead(out var rest));
        Assert.Equal(4, rest.Buffer.Length);
    }
}
