using System.Text;
using SeqServe.Core.Tensors;
using SeqServe.Onnx.Isolation;

namespace SeqServe.UnitTests.Onnx.Isolation;

public class TensorMessagesTests
{
    public static TheoryData<TensorDatatype> Numbers => [.. Enum.GetValues<TensorDatatype>().Where(type => type != TensorDatatype.Bytes)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Read_OfEveryDatatype_KeepsEveryByte(TensorDatatype datatype)
    {
        var size = datatype.ElementSize();
        Tensor[] sent =
        [
            new("a", datatype, [3, 2], Enumerable.Range(1, 6 * size).Select(i => (byte)i).ToArray()),
            new("", datatype, [0, 5], ReadOnlyMemory<byte>.Empty),
            new("scalar", datatype, [], new byte[size]),
        ];

        AssertSame(sent, PassOn(sent));
    }

    [Fact]
    public void Read_OfStrings_KeepsThemByteForByte()
    {
        ReadOnlyMemory<byte>[] strings = [Encoding.UTF8.GetBytes("déjà vu"), ReadOnlyMemory<byte>.Empty, new byte[] { 0xFF, 0, 0xFE }, new byte[1000]];
        Tensor[] sent = [new("s", [2, 2], strings), new("none", [0], []), new("n", TensorDatatype.Int8, [1], new byte[] { 9 })];

        AssertSame(sent, PassOn(sent));
    }

    [Fact]
    public void ReadSignature_OfWhatWasWritten_IsTheSame()
    {
        var signature = new TensorSignature(
            [new("x", TensorDatatype.Fp32, [-1, 2]), new("any", TensorDatatype.Bytes, null)], [new("y", TensorDatatype.Bool, [])]);
        var opened = new OpenedGraph(signature, IsRecurrent: true, "cpu", 2);

        var read = OpenedGraph.Read(new MessageReader(opened.Write().Written));

        Assert.Equal((true, "cpu", 2), (read.IsRecurrent, read.Device, read.ThreadsPerRun));
        Assert.Equal(
            signature.Inputs.Concat(signature.Outputs).Select(spec => spec.ToString()),
            read.Signature.Inputs.Concat(read.Signature.Outputs).Select(spec => spec.ToString()));
    }

    [Fact]
    public void Read_OfAHeaderThatIsCutOff_IsRefusedWhereverItIsCut()
    {
        var header = new MessageWriter();
        TensorMessages.Write(header, [new Tensor("x", TensorDatatype.Fp32, [2], new byte[8])]);
        var whole = header.Written.ToArray();

        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => Read(whole[..length], new byte[64]));
    }

    // Name "x", the datatype's number, bytes, axes.
    [Theory]
    [InlineData(10, 8, new long[] { 3 }, "not 8 bytes")]
    [InlineData(10, -8, new long[] { 2 }, "bytes")]
    [InlineData(10, long.MaxValue, new long[] { 2 }, "of which 64 came")]
    [InlineData(99, 8, new long[] { 2 }, "no datatype")]
    [InlineData(11, 8, new long[] { -2 }, "negative")]
    [InlineData(11, 8, new long[] { long.MaxValue, long.MaxValue }, "at most")]
    [InlineData((int)TensorDatatype.Bytes, 8, new long[] { long.MaxValue }, "no strings")]
    [InlineData((int)TensorDatatype.Bytes, 64, new long[] { 1 << 20 }, "no strings")]
    [InlineData((int)TensorDatatype.Bytes, 8, new long[] { 2 }, "cut off")]
    public void Read_OfWhatDoesNotFitItsData_IsRefused(long datatype, long bytes, long[] shape, string reason)
    {
        var header = new MessageWriter().Number(1).Text("x").Number(datatype).Number(bytes).Number(shape.Length);
        foreach (var size in shape)
            header.Number(size);
        var data = new byte[64];
        // The length of a first string, which is longer than the rest.
        data.AsSpan(0, 4).Fill(0x7F);

        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Read(header.Written.ToArray(), data)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1000)]
    [InlineData(long.MaxValue)]
    public void Read_OfAnAbsurdNumberOfTensors_IsRefused(long count) =>
        Assert.Throws<InvalidDataException>(() => Read(new MessageWriter().Number(count).Number(0).Written.ToArray(), []));

    [Fact]
    public void Read_OfDamagedBytes_IsRefusedOrWhole()
    {
        var header = new MessageWriter();
        Tensor[] sent = [new("x", TensorDatatype.Int32, [2, 2], new byte[16]), new("s", [1], [new byte[3]])];
        TensorMessages.Write(header, sent);
        var random = new Random(17);
        var (refused, read) = (0, 0);
        for (var i = 0; i < 5000; i++)
        {
            var damaged = header.Written.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var data = new byte[128];
            random.NextBytes(data.AsSpan(64, 4));
            try
            {
                Read(damaged, data);
                read++;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(refused > 1000, $"{refused} refused, {read} read");
    }

    private static Tensor[] Read(byte[] header, byte[] data)
    {
        var reader = new MessageReader(header);
        return TensorMessages.Read(ref reader, data);
    }

    private static Tensor[] PassOn(Tensor[] tensors)
    {
        using var wire = new MemoryStream();
        new Channel(Stream.Null, wire).SendOutputs(tensors);
        wire.Position = 0;
        using var message = new Channel(wire, Stream.Null).Receive();
        return Read(message.Header, message.Data?.Memory.ToArray() ?? []);
    }

    private static void AssertSame(Tensor[] sent, Tensor[] received) => Assert.Equal(sent.Select(Describe), received.Select(Describe));

    private static string Describe(Tensor tensor) =>
        $"{tensor.Name} {tensor.Datatype} {TensorShapes.ToText(tensor.Shape)} {Convert.ToHexString(tensor.Data.Span)} "
        + string.Join(' ', tensor.Strings.Select(text => Convert.ToHexString(text.Span)));
}
