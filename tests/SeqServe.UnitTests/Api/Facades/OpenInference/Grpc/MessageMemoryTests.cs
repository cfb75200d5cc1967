using System.Buffers;
using Google.Protobuf;
using SeqServe.Api.Facades.OpenInference.Grpc;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using static SeqServe.Api.Facades.OpenInference.Grpc.Protocol.ModelInferRequest.Types;

namespace SeqServe.UnitTests.Api.Facades.OpenInference.Grpc;

public sealed class MessageMemoryTests
{
    private const int Many = 20_000;

    private static readonly MessageMemory s_memory = new(ModelInferRequest.Descriptor);

    /// <summary>Kinds of content, and the least bytes that an element of it takes in memory.</summary>
    public static TheoryData<string, int> Contents => new()
    {
        { "bool", 1 }, { "int", 4 }, { "int64", 8 }, { "uint", 4 }, { "uint64", 8 }, { "fp32", 4 }, { "fp64", 8 }, { "long varints", 8 },
        { "bytes", 8 + 32 + 25 }, { "empty bytes", 8 }, { "raw", 8 + 32 + 25 }, { "inputs", 200 }, { "outputs", 150 }, { "parameters", 100 }, { "shape", 8 },
    };

    [Theory]
    [MemberData(nameof(Contents))]
    public void Of_EachKindOfContent_IsNoLessThanItTakes(string kind, int element)
    {
        var wire = Request(kind).ToByteArray();

        Assert.InRange(Measure(wire), (long)element * Many, long.MaxValue);
        AssertCovers(wire, Many);
    }

    [Theory]
    [InlineData("fp32", 4)]
    [InlineData("fp64", 8)]
    public void Of_NumbersOfFixedLength_IsLittleMoreThanTheyTake(string kind, int element) =>
        Assert.InRange(Measure(Request(kind).ToByteArray()), Many * element, (Many * element) + 2048);

    [Theory]
    [InlineData(new byte[] { 0x2a, 0x00 })]
    [InlineData(new byte[] { 0x2a, 0x02, 0x2a, 0x00 })]
    [InlineData(new byte[] { 0x32, 0x00 })]
    [InlineData(new byte[] { 0x3a, 0x00 })]
    [InlineData(new byte[] { 0x22, 0x00 })]
    [InlineData(new byte[] { 0x0a, 0x01, 0x61 })]
    [InlineData(new byte[] { 0x78, 0x01 })]
    [InlineData(new byte[] { 0x7a, 0x01, 0x61 })]
    public void Of_SmallFieldsManyTimes_IsNoLessThanTheParserTakes(byte[] field) =>
        AssertCovers([.. Enumerable.Repeat(field, Many).SelectMany(bytes => bytes)], 0);

    [Fact]
    public void Of_UnknownFieldsOfManyNumbers_IsNoLessThanTheParserTakes()
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            for (var i = 0; i < Many; i++)
            {
                output.WriteTag(100 + i, Google.Protobuf.WireFormat.WireType.Varint);
                output.WriteInt32(1);
            }
        }

        AssertCovers(stream.ToArray(), 0);
    }

    [Fact]
    public void Of_AListInTwoParts_CountsThatItGrows()
    {
        byte[] packed = [0x32, .. Varint(4 * Many), .. new byte[4 * Many]];
        byte[] one = [0x32, 4, 0, 0, 0, 0];
        byte[] contents = [.. packed, .. one];
        byte[] merged = [0x2a, .. Varint(packed.Length), .. packed, 0x2a, (byte)one.Length, .. one];

        AssertCovers([0x2a, .. Varint(contents.Length + 4), 0x2a, .. Varint(contents.Length), .. contents], Many);
        AssertCovers([0x2a, .. Varint(merged.Length), .. merged], Many);
    }

    [Fact]
    public void Of_AGroup_IsNoLessThanTheParserTakes()
    {
        byte[] inside = [.. Enumerable.Range(1, 15).SelectMany(number => new byte[] { (byte)(number << 3), 1 })];

        AssertCovers([.. Enumerable.Repeat<byte[]>([0x7b, .. inside, 0x7c], 500).SelectMany(bytes => bytes)], 0);
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0x2a, 0x7f })]
    [InlineData(new byte[] { 0x2a, 0xff, 0xff, 0xff, 0xff, 0x0f })]
    [InlineData(new byte[] { 0x2a, 0x02, 0x2a, 0x7f, 0x00 })]
    [InlineData(new byte[] { 0x2f, 0x00 })]
    public void Of_BytesThatAreNoMessage_IsWhatComesBeforeTheFault(byte[] wire)
    {
        Assert.ThrowsAny<InvalidProtocolBufferException>(() => ModelInferRequest.Parser.ParseFrom(wire));
        Assert.InRange(Measure(wire), 1, 4096);
    }

    [Fact]
    public void Of_AMessageInPieces_IsThatOfTheWhole()
    {
        var wire = Request("int64").ToByteArray();

        Assert.Equal(Measure(wire), s_memory.Of(Pieces(wire, 7)));
    }

    private static ModelInferRequest Request(string kind)
    {
        var contents = new InferTensorContents();
        var request = new ModelInferRequest { Inputs = { new InferInputTensor { Name = "x", Contents = contents } } };
        for (var i = 0; i < Many; i++)
        {
            switch (kind)
            {
                case "bool": contents.BoolContents.Add(true); break;
                case "int": contents.IntContents.Add(1); break;
                case "int64": contents.Int64Contents.Add(1); break;
                case "long varints": contents.Int64Contents.Add(-1); break;
                case "uint": contents.UintContents.Add(1); break;
                case "uint64": contents.Uint64Contents.Add(1); break;
                case "fp32": contents.Fp32Contents.Add(1); break;
                case "fp64": contents.Fp64Contents.Add(1); break;
                case "bytes": contents.BytesContents.Add(ByteString.CopyFromUtf8("a")); break;
                case "empty bytes": contents.BytesContents.Add(ByteString.Empty); break;
                case "raw": request.RawInputContents.Add(ByteString.CopyFromUtf8("a")); break;
                case "inputs": request.Inputs.Add(new InferInputTensor()); break;
                case "outputs": request.Outputs.Add(new InferRequestedOutputTensor()); break;
                case "parameters": request.Parameters[$"{i}"] = new InferParameter { Int64Param = 1 }; break;
                default: request.Inputs[0].Shape.Add(1); break;
            }
        }

        return request;
    }

    // While a list doubles it holds its last two arrays, three quarters of all the arrays that were allocated for it.
    private static void AssertCovers(byte[] wire, int least)
    {
        var parser = ModelInferRequest.Parser;
        parser.ParseFrom(ByteString.Empty);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var parsed = parser.ParseFrom(new ReadOnlySequence<byte>(wire));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(parsed);
        Assert.InRange(Measure(wire), Math.Max(least, allocated * 3 / 4), long.MaxValue);
    }

    private static long Measure(byte[] wire) => s_memory.Of(new ReadOnlySequence<byte>(wire));

    private static byte[] Varint(int value)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
            output.WriteInt32(value);
        return stream.ToArray();
    }

    private static ReadOnlySequence<byte> Pieces(byte[] bytes, int size)
    {
        var first = new Piece(ReadOnlyMemory<byte>.Empty, null);
        var last = first;
        for (var start = 0; start < bytes.Length; start += size)
            last = new Piece(bytes.AsMemory(start, Math.Min(size, bytes.Length - start)), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? previous)
        {
            Memory = memory;
            if (previous is null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
