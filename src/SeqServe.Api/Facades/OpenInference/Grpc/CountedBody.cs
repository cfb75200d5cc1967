using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using SeqServe.Api.Errors;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>
/// The body of a call, counted in the <see cref="BodyBudget"/>: its bytes as they arrive, and, when a message is whole and before the library parses it, the
/// most memory that the parsed message takes.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="reservation">What the call takes.</param>
/// <param name="memory">What its messages take when they are parsed.</param>
/// <param name="isStream">Whether messages are answered one after another.</param>
internal sealed class CountedBody(PipeReader body, BodyReservation reservation, MessageMemory memory, bool isStream) : PipeReader
{
    // Before each message: whether it is compressed, and its length.
    private const int FrameHead = 5;

    private ReadOnlySequence<byte> _buffer;
    private long _left;
    private bool _isMeasured;

    /// <summary>Why the body was not read to its end, or null.</summary>
    public Failure? Refusal { get; private set; }

    /// <summary>Whether the call's own code has begun: what fails before is the reading of the message.</summary>
    public bool HasBegun { get; set; }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        // A stream asks for its next message when it has answered the last one.
        if (isStream && !_isMeasured)
            reservation.Remove(reservation.Held - _left);
        return Count(await body.ReadAsync(cancellationToken));
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!body.TryRead(out result))
            return false;
        Count(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _left = _buffer.Slice(consumed).Length;
        // The library takes whole messages.
        _isMeasured &= _left == _buffer.Length;
        _buffer = default;
        body.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => body.Complete(exception);

    private ReadResult Count(ReadResult read)
    {
        _buffer = read.Buffer;
        try
        {
            reservation.Add(_buffer.Length - _left);
            _left = _buffer.Length;
            if (!_isMeasured && Message() is { } message)
            {
                reservation.Add(memory.Of(message));
                _isMeasured = true;
            }

            return read;
        }
        catch (ServingException e)
        {
            body.AdvanceTo(_buffer.End);
            Refusal = Failure.Of(e);
            throw GrpcFaults.Of(Refusal, traceId: "");
        }
    }

    // The message at the beginning of the buffer once it is whole; the library refuses one that is compressed unread.
    private ReadOnlySequence<byte>? Message()
    {
        if (_buffer.Length < FrameHead)
            return null;
        Span<byte> head = stackalloc byte[FrameHead];
        _buffer.Slice(0, FrameHead).CopyTo(head);
        var length = BinaryPrimitives.ReadUInt32BigEndian(head[1..]);
        return head[0] == 0 && _buffer.Length - FrameHead >= length ? _buffer.Slice(FrameHead, length) : null;
    }
}
