using System.Buffers;
using System.IO.Pipelines;
using SeqServe.Api.Json;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>What is left of a body. Memory for it grows with the bytes that have arrived, whatever length was announced.</summary>
/// <param name="body">The body.</param>
/// <param name="maxBytes">Most bytes of it.</param>
/// <param name="memory">Where it is put.</param>
/// <param name="cancellation">Cancelled when the caller has left.</param>
internal sealed class BodySource(PipeReader body, long maxBytes, InferMemory memory, CancellationToken cancellation)
{
    /// <summary>Bytes of memory for a body of which fewer have arrived; after that, at most twice what has arrived.</summary>
    public const int FirstBytes = 64 * 1024;

    private long _read;

    /// <summary>Reads a number of bytes.</summary>
    /// <param name="length">How many; any number but a negative one.</param>
    /// <exception cref="ServingException">There are fewer, or the body is too large, or the server has no memory for it now.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadExactlyAsync(int length)
    {
        if (_read + length > maxBytes)
            throw TooLarge();
        byte[] target = [];
        var filled = 0;
        while (filled < length)
        {
            var read = await body.ReadBodyAsync(cancellation);
            var part = read.Buffer.Slice(0, Math.Min(length - filled, read.Buffer.Length));
            Append(ref target, filled, part, read.Buffer.End, length);
            filled += (int)part.Length;
            var isAtEnd = read.IsCompleted && part.Length == read.Buffer.Length;
            body.AdvanceTo(part.End);
            if (isAtEnd && filled < length)
            {
                throw Fault(
                    $"The body ends {length - filled} bytes too early; "
                    + $"{InferBody.JsonLengthHeader} and binary_data_size must be the numbers of bytes that follow.");
            }
        }

        _read += length;
        return target.AsMemory(0, length);
    }

    /// <summary>Reads all that is left.</summary>
    /// <param name="length">The number of bytes that was announced, or null.</param>
    /// <exception cref="ServingException">The body is too large, or the server has no memory for it now.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(long? length)
    {
        byte[] target = [];
        var filled = 0;
        while (true)
        {
            var read = await body.ReadBodyAsync(cancellation);
            if (filled + read.Buffer.Length > maxBytes)
            {
                // Given back, so that the web server can drain the rest of the body.
                body.AdvanceTo(read.Buffer.End);
                throw TooLarge();
            }

            Append(ref target, filled, read.Buffer, read.Buffer.End, length ?? maxBytes);
            filled += (int)read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return target.AsMemory(0, filled);
        }
    }

    /// <summary>Refuses a body that goes on.</summary>
    /// <exception cref="ServingException">There are bytes left.</exception>
    public async ValueTask EnsureEndAsync()
    {
        var read = await body.ReadBodyAsync(cancellation);
        var rest = read.Buffer.Length;
        body.AdvanceTo(read.Buffer.End);
        if (rest > 0)
            throw Fault($"The body goes on after the last tensor; {InferBody.JsonLengthHeader} and binary_data_size must cover all of it.");
    }

    /// <summary>The refusal of a body that is too large.</summary>
    public ServingException TooLarge() => new(
        ServingErrorCode.PayloadTooLarge, $"The body is larger than the {maxBytes} bytes this server takes; send fewer or smaller tensors.");

    private void Append(ref byte[] target, int filled, ReadOnlySequence<byte> part, SequencePosition end, long most)
    {
        var needed = filled + part.Length;
        if (needed > target.Length)
        {
            try
            {
                target = memory.Grow(target, filled, (int)Math.Min(most, Math.Max(needed, Math.Max(FirstBytes, 2L * target.Length))));
            }
            catch (ServingException)
            {
                // As above.
                body.AdvanceTo(end);
                throw;
            }
        }

        part.CopyTo(target.AsSpan(filled));
    }

    private static ServingException Fault(string message) => new(ServingErrorCode.InvalidRequest, message);
}
