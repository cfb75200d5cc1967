using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.FunctionalTests.Support;
using static SeqServe.Api.Facades.OpenInference.Grpc.Protocol.ModelInferRequest.Types;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Grpc;

/// <summary>Messages that no generated client sends.</summary>
public sealed class MessageFaultTests : IAsyncLifetime
{
    private const string Infer = WireCall.Service + "ModelInfer";
    private const string Stream = WireCall.Service + "ModelStreamInfer";

    private static readonly Dictionary<string, Action<ModelInferRequest>> s_odd = new()
    {
        ["no inputs"] = r => r.Inputs.Clear(),
        ["the same input twice"] = r => r.Inputs.Add(r.Inputs[0]),
        ["an unknown input"] = r => r.Inputs.Add(new InferInputTensor { Name = new string('é', 100_000), Datatype = "INT8", Shape = { 0 } }),
        ["an unknown output"] = r => r.Outputs.Add(new InferRequestedOutputTensor { Name = new string('é', 100_000) }),
        ["the same output twice"] = r => r.Outputs.Add([new InferRequestedOutputTensor { Name = "y" }, new InferRequestedOutputTensor { Name = "y" }]),
        ["contents and raw contents"] = r => r.RawInputContents.Add(ByteString.CopyFrom(new byte[8])),
        ["more raw contents than inputs"] = r => r.RawInputContents.Add([ByteString.Empty, ByteString.Empty]),
        ["contents of two kinds, none of them the datatype's"] = r => r.Inputs[0].Contents = new InferTensorContents { Int64Contents = { 1, 2 } },
        ["no contents"] = r => r.Inputs[0].Contents = null,
        ["a negative axis"] = r => r.Inputs[0].Shape[0] = long.MinValue,
        ["a huge axis"] = r => r.Inputs[0].Shape[0] = long.MaxValue,
        ["huge axes"] = r => r.Inputs[0].Shape.Add([long.MaxValue, long.MaxValue, 0]),
        ["many axes"] = r => r.Inputs[0].Shape.Add(Enumerable.Repeat(1L, 100_000)),
        ["another datatype"] = r => r.Inputs[0].Datatype = new string('D', 100_000),
        ["no datatype"] = r => r.Inputs[0].Datatype = "",
        ["a parameter without a value"] = r => r.Parameters[new string('p', 100_000)] = new InferParameter(),
        ["a timeout of a huge number"] = r => r.Parameters["timeout"] = new InferParameter { Uint64Param = ulong.MaxValue },
        ["a timeout of NaN"] = r => r.Parameters["timeout"] = new InferParameter { DoubleParam = double.NaN },
        ["a version that is no number"] = r => r.ModelVersion = new string('9', 100_000),
    };

    private FakeTensorServer _fake = null!;

    public static TheoryData<string> Odd => [.. s_odd.Keys];

    public async Task InitializeAsync() => _fake = await FakeTensorServer.StartAsync();

    public async Task DisposeAsync() => await _fake.DisposeAsync();

    [Theory]
    [InlineData("/inference.GRPCInferenceService/ModelStatistics")]
    [InlineData("/grpc.health.v1.Health/List")]
    [InlineData("/a/b/c")]
    public async Task Call_OfAMethodThatThereIsNot_IsUnimplemented(string path)
    {
        var (response, status) = await WireCall.SendAsync(_fake.Server, path, WireCall.Frame([]));

        Assert.Equal(StatusCode.Unimplemented, status);
        response.Dispose();
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 3)]
    public async Task Stream_OfAFrameThatIsNone_IsTheCallersFault(byte flag, int more)
    {
        // A flag that there is not, a length of 4 GiB less one, and bytes that are no whole frame behind a good one.
        var frame = WireCall.Frame([]);
        frame[0] = flag;
        byte[] body = more switch
        {
            < 0 => [0, 0xFF, 0xFF, 0xFF, 0xFF],
            > 0 => [.. frame, .. new byte[more]],
            _ => frame,
        };

        var (response, status) = await WireCall.SendAsync(_fake.Server, Stream, body);

        Assert.Contains(status, new StatusCode?[] { StatusCode.InvalidArgument, StatusCode.ResourceExhausted });
        response.Dispose();
    }

    [Fact]
    public async Task Call_WithADeadlineOfYears_IsAnswered()
    {
        var (response, status) = await WireCall.SendAsync(
            _fake.Server, Infer, WireCall.Frame(Question()), ("grpc-timeout", "99999999H"));

        Assert.Equal(StatusCode.OK, status);
        response.Dispose();
    }

    [Theory]
    [InlineData("ServerLive")]
    [InlineData("ModelInfer")]
    [InlineData("ModelStreamInfer")]
    public async Task Call_WithACompressedMessage_IsUnimplementedAndNotExpanded(string method)
    {
        // As an unknown field it would be a message of every method.
        var frame = WireCall.Frame(Gzip([0x7a, .. Length(1 << 20), .. new byte[1 << 20]]), isCompressed: true);
        Assert.InRange(frame.Length, 1, 4096);

        var (response, status) = await WireCall.SendAsync(_fake.Server, WireCall.Service + method, frame, ("grpc-encoding", "gzip"));

        Assert.Equal(StatusCode.Unimplemented, status);
        Assert.Equal(["identity"], response.Headers.GetValues("grpc-accept-encoding"));
    }

    [Theory]
    [InlineData(Infer, new byte[] { 0xff, 0xff, 0xff })]
    [InlineData(Infer, new byte[] { 0x2a, 0x7f })]
    [InlineData(Infer, new byte[] { 0x0b, 0x00 })]
    [InlineData(Stream, new byte[] { 0xff, 0xff, 0xff })]
    [InlineData(Stream, new byte[] { 0x2a, 0x7f })]
    [InlineData(WireCall.Service + "ModelReady", new byte[] { 0xff })]
    public async Task Call_WithBytesThatAreNoMessage_IsInvalidArgument(string path, byte[] message) =>
        await AssertUnreadableAsync(path, WireCall.Frame(message));

    [Theory]
    [InlineData(Infer)]
    [InlineData(Stream)]
    public async Task Call_ThatEndsWithinItsMessage_IsInvalidArgument(string path)
    {
        await AssertUnreadableAsync(path, WireCall.Frame([1, 2, 3], length: 100));
        await AssertUnreadableAsync(path, [0, 0, 0]);
    }

    [Fact]
    public async Task Call_WithoutAMessage_IsInvalidArgument() => await AssertUnreadableAsync(Infer, []);

    [Fact]
    public async Task Call_WithTwoMessages_IsInvalidArgument() =>
        await AssertUnreadableAsync(Infer, [.. WireCall.Frame(Question()), .. WireCall.Frame(Question())]);

    [Fact]
    public async Task Call_WithALengthAboveTheLimit_IsCountedAsTheClientsError()
    {
        using var ends = new RequestEnds(_fake.Server);

        var (_, status) = await WireCall.SendAsync(_fake.Server, Infer, WireCall.Frame([1], length: int.MaxValue));

        Assert.Equal((StatusCode.ResourceExhausted, "client_error"), (status, await ends.NextAsync()));
    }

    [Fact]
    public async Task Call_BehindTheDeadlineOfItsHeader_IsCountedAsDeadline()
    {
        using var ends = new RequestEnds(_fake.Server);
        _fake.Tensors.Close();

        var (_, status) = await WireCall.SendAsync(_fake.Server, Infer, WireCall.Frame(Question()), ("grpc-timeout", "50m"));

        Assert.Equal((StatusCode.DeadlineExceeded, "deadline"), (status, await ends.NextAsync()));
    }

    [Fact]
    public async Task Infer_ManyEmptyInputs_IsRefusedBeforeTheyAreParsed()
    {
        // Two bytes each, of which the parser makes hundreds: more than this server has for all requests.
        byte[] inputs = [.. Enumerable.Repeat<byte[]>([0x2a, 0x00], 4 << 20).SelectMany(input => input)];

        var (response, status) = await WireCall.SendAsync(_fake.Server, Infer, WireCall.Frame(inputs));

        Assert.Equal(StatusCode.ResourceExhausted, status);
        Assert.Contains("memory", Uri.UnescapeDataString(Assert.Single(response.Headers.GetValues("grpc-message"))), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task Infer_OfOddTensors_IsInvalidArgumentInFewWords(string what)
    {
        var request = Question();
        s_odd[what](request);

        var (response, status) = await WireCall.SendAsync(_fake.Server, Infer, WireCall.Frame(request));

        Assert.True(status == StatusCode.InvalidArgument, $"{what}: {status}");
        Assert.InRange(Assert.Single(response.Headers.GetValues("grpc-message")).Length, 1, 8000);
    }

    private static ModelInferRequest Question() => new()
    {
        ModelName = "t",
        Inputs = { new InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 1, 2 }, Contents = new InferTensorContents { Fp32Contents = { 1, 2 } } } },
    };

    private static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.SmallestSize))
            gzip.Write(bytes);
        return target.ToArray();
    }

    private static byte[] Length(int value)
    {
        using var target = new MemoryStream();
        using (var output = new CodedOutputStream(target, leaveOpen: true))
            output.WriteInt32(value);
        return target.ToArray();
    }

    private async Task AssertUnreadableAsync(string path, byte[] body)
    {
        using var ends = new RequestEnds(_fake.Server);

        var (_, status) = await WireCall.SendAsync(_fake.Server, path, body);

        Assert.Equal((StatusCode.InvalidArgument, "client_error"), (status, await ends.NextAsync()));
    }
}
