using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.FunctionalTests.Support;
using static SeqServe.Api.Facades.OpenInference.Grpc.Protocol.ModelInferRequest.Types;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Grpc;

public sealed class InferTests(GrpcServer server) : IClassFixture<GrpcServer>
{
    private const int TwoElements = 2;
    private static readonly float[] s_numbers = [1.5f, -2, float.MaxValue, 0, 5, 6];

    [Fact]
    public async Task Infer_TypedContents_AnswersTypedContents()
    {
        var answer = await InferAsync(new ModelInferRequest { ModelName = GrpcServer.Numbers, Id = "seven", Inputs = { Typed([2, 3]) } });

        Assert.Equal((GrpcServer.Numbers, "1", "seven"), (answer.ModelName, answer.ModelVersion, answer.Id));
        var output = Assert.Single(answer.Outputs);
        Assert.Equal(("y", "FP32"), (output.Name, output.Datatype));
        Assert.Equal([2, 3], output.Shape);
        Assert.Equal(s_numbers, output.Contents.Fp32Contents);
        Assert.Empty(answer.RawOutputContents);
    }

    [Fact]
    public async Task Infer_RawContents_AnswersRawContents()
    {
        var answer = await InferAsync(Raw(GrpcServer.Numbers, "x", "FP32", [2, 3], MemoryMarshal.AsBytes<float>(s_numbers).ToArray()));

        Assert.Null(answer.Outputs[0].Contents);
        Assert.Equal(MemoryMarshal.AsBytes<float>(s_numbers).ToArray(), Assert.Single(answer.RawOutputContents).ToByteArray());
    }

    [Fact]
    public async Task Infer_LargeTensor_ComesBackWhole()
    {
        var numbers = Enumerable.Range(0, 4 << 20).Select(i => (float)i).Append(1).Append(2).ToArray();

        var answer = await InferAsync(Raw(GrpcServer.Numbers, "x", "FP32", [numbers.Length / 3, 3], MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray()));

        Assert.True(answer.RawOutputContents[0].Span.SequenceEqual(MemoryMarshal.AsBytes(numbers.AsSpan())));
    }

    [Fact]
    public async Task Infer_EveryDatatypeRaw_ComesBackAsItWas()
    {
        var request = new ModelInferRequest { ModelName = GrpcServer.Everything };
        foreach (var datatype in GrpcServer.Datatypes.Keys)
        {
            request.Inputs.Add(new InferInputTensor { Name = datatype, Datatype = datatype, Shape = { TwoElements } });
            request.RawInputContents.Add(ByteString.CopyFrom(Bytes(datatype)));
        }

        var answer = await InferAsync(request);

        Assert.Equal(GrpcServer.Datatypes.Keys.Select(d => $"{d} out"), answer.Outputs.Select(o => o.Name));
        Assert.Equal(GrpcServer.Datatypes.Keys.Select(Bytes), answer.RawOutputContents.Select(r => r.ToByteArray()));
    }

    [Theory]
    [InlineData("BOOL", "{ \"boolContents\": [ true, false ] }")]
    [InlineData("INT8", "{ \"intContents\": [ -128, 127 ] }")]
    [InlineData("INT16", "{ \"intContents\": [ -32768, 32767 ] }")]
    [InlineData("INT32", "{ \"intContents\": [ -2147483648, 2147483647 ] }")]
    [InlineData("INT64", "{ \"int64Contents\": [ \"-9223372036854775808\", \"1\" ] }")]
    [InlineData("UINT8", "{ \"uintContents\": [ 0, 255 ] }")]
    [InlineData("UINT16", "{ \"uintContents\": [ 0, 65535 ] }")]
    [InlineData("UINT32", "{ \"uintContents\": [ 0, 4294967295 ] }")]
    [InlineData("UINT64", "{ \"uint64Contents\": [ \"0\", \"18446744073709551615\" ] }")]
    [InlineData("FP32", "{ \"fp32Contents\": [ 0.5, -2 ] }")]
    [InlineData("FP64", "{ \"fp64Contents\": [ 0.1, -2 ] }")]
    [InlineData("BYTES", "{ \"bytesContents\": [ \"\", \"w6k=\" ] }")]
    public async Task Infer_DatatypeTyped_ComesBackAsItWas(string datatype, string contents)
    {
        // A graph wants all of its inputs; without FP16 and BF16 they can be typed.
        var input = new InferInputTensor
        {
            Name = "x",
            Datatype = datatype,
            Shape = { TwoElements },
            Contents = InferTensorContents.Parser.ParseJson(contents),
        };
        var request = new ModelInferRequest { ModelName = $"typed-{datatype}", Inputs = { input } };
        using var repository = new TemporaryRepository().WithBare(request.ModelName, TestSupport.Onnx.OnnxGraph.Identity(
            [new("x", GrpcServer.Datatypes[datatype], 2)], (new("y", GrpcServer.Datatypes[datatype], 2), "x")));
        await using var own = await new SeqServer(repository.Settings).StartAsync();
        using var channel = GrpcServer.Open(own);

        var answer = await new GRPCInferenceService.GRPCInferenceServiceClient(channel).ModelInferAsync(request);

        Assert.Equal(InferTensorContents.Parser.ParseJson(contents), answer.Outputs[0].Contents);
    }

    [Fact]
    public async Task Infer_TextModelByItsText_Answers()
    {
        var answer = await InferAsync(new ModelInferRequest
        {
            ModelName = GrpcServer.Text,
            ModelVersion = "1",
            Inputs =
            {
                new InferInputTensor
                {
                    Name = "text",
                    Datatype = "BYTES",
                    Shape = { 1 },
                    Contents = new InferTensorContents { BytesContents = { ByteString.CopyFromUtf8(Calls.Review) } },
                },
            },
            Outputs = { new InferRequestedOutputTensor { Name = "label" } },
        });

        Assert.Equal("positive", Assert.Single(answer.Outputs).Contents.BytesContents[0].ToStringUtf8());
    }

    [Fact]
    public async Task Metadata_OfABareGraph_IsItsSignature()
    {
        var metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = GrpcServer.Numbers }, GrpcServer.As(GrpcServer.OtherKey));

        Assert.Equal((GrpcServer.Numbers, "onnx_onnxv1"), (metadata.Name, metadata.Platform));
        Assert.Equal(["1"], metadata.Versions);
        var input = Assert.Single(metadata.Inputs);
        Assert.Equal(("x", "FP32"), (input.Name, input.Datatype));
        Assert.Equal([-1, 3], input.Shape);
        Assert.Equal("y", Assert.Single(metadata.Outputs).Name);
    }

    [Theory]
    [InlineData("{ \"modelName\": \"none\" }", StatusCode.NotFound, "Request for unknown model")]
    [InlineData("{ \"modelName\": \"numbers\", \"modelVersion\": \"7\" }", StatusCode.NotFound, "Request for unknown model")]
    [InlineData("{ \"modelName\": \"numbers\", \"modelVersion\": \"one\" }", StatusCode.InvalidArgument, "whole number")]
    [InlineData("{ \"modelName\": \"broken\" }", StatusCode.Unavailable, "sha256")]
    [InlineData("{ \"modelName\": \"numbers\" }", StatusCode.InvalidArgument, "missing")]
    [InlineData(
        "{ \"modelName\": \"numbers\", \"inputs\": [ { \"name\": \"x\", \"datatype\": \"FLOAT\", \"shape\": [ 1, 3 ] } ] }",
        StatusCode.InvalidArgument,
        "datatype \"FLOAT\"")]
    [InlineData(
        "{ \"modelName\": \"numbers\", \"inputs\": [ { \"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [ -1, 3 ] } ] }",
        StatusCode.InvalidArgument,
        "shape [-1,3]")]
    [InlineData(
        "{ \"modelName\": \"numbers\", \"inputs\": [ { \"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [ 1, 3 ] } ] }",
        StatusCode.InvalidArgument,
        "has 0 elements")]
    [InlineData(
        "{ \"modelName\": \"numbers\", \"inputs\": [ { \"name\": \"x\", \"datatype\": \"FP16\", \"shape\": [ 1, 3 ] } ] }",
        StatusCode.InvalidArgument,
        "raw_input_contents")]
    [InlineData(
        "{ \"modelName\": \"numbers\","
        + " \"inputs\": [ { \"name\": \"x\", \"datatype\": \"INT8\", \"shape\": [ 1 ], \"contents\": { \"intContents\": [ 128 ] } } ] }",
        StatusCode.InvalidArgument,
        "cannot hold")]
    [InlineData(
        "{ \"modelName\": \"numbers\", \"inputs\": [ { \"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [ 1, 3 ] } ], \"rawInputContents\": [ \"AAAA\" ] }",
        StatusCode.InvalidArgument,
        "3 raw bytes")]
    [InlineData(
        "{ \"modelName\": \"numbers\","
        + " \"inputs\": [ { \"name\": \"x\", \"datatype\": \"BYTES\", \"shape\": [ 1 ] } ], \"rawInputContents\": [ \"/////w==\" ] }",
        StatusCode.InvalidArgument,
        "in the middle of element 0")]
    [InlineData("{ \"modelName\": \"numbers\", \"rawInputContents\": [ \"AAAA\" ] }", StatusCode.InvalidArgument, "1 elements and inputs has 0")]
    [InlineData(
        "{ \"modelName\": \"numbers\","
        + " \"inputs\": [ { \"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [ 1, 3 ], \"contents\": { } } ], \"rawInputContents\": [ \"AAAA\" ] }",
        StatusCode.InvalidArgument,
        "both contents and raw_input_contents")]
    [InlineData("{ \"modelName\": \"numbers\", \"parameters\": { \"a\": { } } }", StatusCode.InvalidArgument, "parameter \"a\"")]
    [InlineData(
        "{ \"modelName\": \"numbers\", \"outputs\": [ { \"name\": \"z\" } ],"
        + " \"inputs\": [ { \"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [ 1, 3 ], \"contents\": { \"fp32Contents\": [ 1, 2, 3 ] } } ] }",
        StatusCode.InvalidArgument,
        "z")]
    public async Task Infer_ThatCannotBe_HasItsStatusAndSaysWhy(string request, StatusCode status, string part)
    {
        var fault = await Assert.ThrowsAsync<RpcException>(() => InferAsync(ModelInferRequest.Parser.ParseJson(request)));

        Assert.Equal(status, fault.StatusCode);
        Assert.Contains(part, fault.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(status == StatusCode.Unavailable, fault.Trailers.Get("retry-after") is not null);
    }

    [Fact]
    public async Task Infer_MessageAboveTheLimit_IsRefused()
    {
        var request = Raw(GrpcServer.Numbers, "x", "FP32", [1, 3], new byte[(64 << 20) + 1]);

        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => InferAsync(request))).StatusCode);
    }

    [Fact]
    public async Task Stream_OneOfThreeFails_AnswersEachInOrder()
    {
        using var call = server.Client.ModelStreamInfer(GrpcServer.As(GrpcServer.OtherKey));
        foreach (var (id, model) in new[] { ("a", GrpcServer.Numbers), ("b", "none"), ("c", GrpcServer.Numbers) })
            await call.RequestStream.WriteAsync(new ModelInferRequest { ModelName = model, Id = id, Inputs = { Typed([2, 3]) } });
        await call.RequestStream.CompleteAsync();

        var answers = await call.ResponseStream.ReadAllAsync().ToListAsync();

        Assert.Equal(["a", "b", "c"], answers.Select(a => a.InferResponse.Id));
        Assert.Equal([true, false, true], answers.Select(a => a.ErrorMessage.Length == 0));
        Assert.StartsWith("Request for unknown model", answers[1].ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(s_numbers, answers[2].InferResponse.Outputs[0].Contents.Fp32Contents);
    }

    private static InferInputTensor Typed(long[] shape) =>
        new() { Name = "x", Datatype = "FP32", Shape = { shape }, Contents = new InferTensorContents { Fp32Contents = { s_numbers } } };

    private static ModelInferRequest Raw(string model, string name, string datatype, long[] shape, byte[] bytes) =>
        new()
        {
            ModelName = model,
            Inputs = { new InferInputTensor { Name = name, Datatype = datatype, Shape = { shape } } },
            RawInputContents = { UnsafeByteOperations.UnsafeWrap(bytes) },
        };

    private static byte[] Bytes(string datatype)
    {
        if (datatype == "BYTES")
        {
            var bytes = new byte[9];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), 1);
            bytes[8] = 0xFF;
            return bytes;
        }

        var size = datatype switch
        {
            "BOOL" or "INT8" or "UINT8" => 1,
            "INT16" or "UINT16" or "FP16" or "BF16" => 2,
            "INT64" or "UINT64" or "FP64" => 8,
            _ => 4,
        };
        return datatype == "BOOL" ? [1, 0] : [.. Enumerable.Range(1, size * TwoElements).Select(i => (byte)i)];
    }

    private async Task<ModelInferResponse> InferAsync(ModelInferRequest request) =>
        await server.Client.ModelInferAsync(request, GrpcServer.As(GrpcServer.OtherKey));
}
