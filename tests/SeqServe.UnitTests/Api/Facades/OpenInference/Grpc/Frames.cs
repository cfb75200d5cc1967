using System.Buffers.Binary;
using Google.Protobuf;

namespace SeqServe.UnitTests.Api.Facades.OpenInference.Grpc;

/// <summary>Messages as gRPC frames them.</summary>
internal static class Frames
{
    public const int Head = 5;

    public static byte[] Of(IMessage message) => Of(message.ToByteArray());

    public static byte[] Of(ReadOnlySpan<byte> message, bool isCompressed = false)
    {
        var frame = new byte[Head + message.Length];
        frame[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsSpan(Head));
        return frame;
    }
}
