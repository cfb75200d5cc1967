using System.Buffers;
using System.IO.Pipelines;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using SeqServe.Api.Errors;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>
/// The body of a call, counted in the <see cref="BodyBudget"/> as it arrives, before the library parses a message. Not counted is what the parser takes beyond
/// a copy of the message: numbers that are longer in memory than as varints, and lists that grow by doubling.
/// </summary>
internal sealed class CountedBody(PipeReader body, BodyReservation reservation, bool isStream) : PipeReader
{
    // The bytes in the pipe, and the message that is parsed from them.
    private const int Copies = 2;

    private ReadOnlySequence<byte> _buffer;
    private long _left;

    /// <summary>Counts the bodies of an endpoint's calls.</summary>
    public static void Use(EndpointBuilder endpoint)
    {
        var next = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = async context =>
        {
            using var reservation = context.RequestServices.GetRequiredService<BodyBudget>().Begin();
            context.Features.Set(reservation);
            var method = context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method;
            var isStream = method?.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming;
            var counted = new CountedBody(context.Request.BodyReader, reservation, isStream);
            context.Features.Set<IRequestBodyPipeFeature>(new Feature(counted));
            try
            {
                await next(context);
            }
            finally
            {
                if (counted.Refusal is { } refusal)
                    context.Features.Set(refusal.Kind);
            }
        };
    }

    /// <summary>Why the body was not read to its end, or null.</summary>
    public Failure? Refusal { get; private set; }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        // A stream asks for its next message when it has answered the last one.
        if (isStream)
            reservation.Remove(reservation.Held - (_left * Copies));
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
            reservation.Add((_buffer.Length - _left) * Copies);
            _left = _buffer.Length;
            return read;
        }
        catch (ServingException e)
        {
            body.AdvanceTo(_buffer.End);
            Refusal = Failure.Of(e);
            throw GrpcFaults.Of(Refusal);
        }
    }

    private sealed class Feature(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }
}
