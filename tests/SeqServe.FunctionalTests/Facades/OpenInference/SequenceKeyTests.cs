using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.FunctionalTests.Facades.OpenInference.Grpc;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.FunctionalTests.Facades.OpenInference;

/// <summary>Sequences of two holders of keys, over both protocols: a graph whose state is the sum of what a sequence has sent.</summary>
public sealed class SequenceKeyTests : IAsyncLifetime
{
    private const string Model = "sum";
    private const string Anna = "the-key-of-anna-for-tests";
    private const string Bert = "the-key-of-bert-for-tests";

    private readonly TemporaryRepository _repository = new TemporaryRepository().WithBare(Model, OnnxGraph.Of(
        [new("x", OnnxGraph.FloatType, 0, 1), new("h", OnnxGraph.FloatType, 0, 1)],
        [new("y", OnnxGraph.FloatType, 0, 1), new("h_out", OnnxGraph.FloatType, 0, 1)],
        [new OnnxNode("Add", ["x", "h"], ["h_out"]), new OnnxNode("Identity", ["h_out"], ["y"])]));

    private SeqServer _server = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_repository.Path, Model, "model.json"),
            """{ "name": "sum", "task": "tensor", "state": [{ "in": "h", "out": "h_out" }], "sequences": { "max_sequences": 4 } }""");
        var settings = _repository.Settings;
        settings["SeqServe:ApiKeys:anna:Key"] = Anna;
        settings["SeqServe:ApiKeys:bert:Key"] = Bert;
        _server = await new SeqServer(settings).StartAsync();
        _http = _server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _repository.Dispose();
    }

    [Fact]
    public async Task Rest_SequenceOfAnotherKey_IsAnother()
    {
        Assert.Equal("[5]", await SumAsync(Anna, 7, 5, ""","sequence_start": true"""));

        foreach (var flags in new[] { "", ""","sequence_end": true""" })
            Assert.Contains("sequence 7 has not begun", await SendAsync(Bert, 7, 1, flags).ErrorAsync(400), StringComparison.Ordinal);
        Assert.Equal("[1]", await SumAsync(Bert, 7, 1, ""","sequence_start": true"""));

        Assert.Equal("[6]", await SumAsync(Anna, 7, 1, ""));
    }

    [Fact]
    public async Task Rest_HolderWhoTakesAllItCan_LeavesTheOtherItsPart()
    {
        for (var id = 1; id <= 3; id++)
            await SumAsync(Anna, id, 1, ""","sequence_start": true""");

        await SendAsync(Anna, 4, 1, ""","sequence_start": true""").ErrorAsync(429);

        Assert.Equal("[1]", await SumAsync(Bert, 4, 1, ""","sequence_start": true"""));
    }

    [Fact]
    public async Task Grpc_SequenceOfAnotherKey_IsAnother()
    {
        using var channel = GrpcServer.Open(_server);
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
        await client.ModelInferAsync(Question(7, 5, starts: true), GrpcServer.As(Anna));

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(Question(7, 1), GrpcServer.As(Bert)));
        using var stream = client.ModelStreamInfer(GrpcServer.As(Bert));
        await stream.RequestStream.WriteAsync(Question(7, 1));
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("sequence 7 has not begun", stream.ResponseStream.Current.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(6, Sum(await client.ModelInferAsync(Question(7, 1), GrpcServer.As(Anna))));
        Assert.Equal("[7]", await SumAsync(Anna, 7, 1, ""));
    }

    private static ModelInferRequest Question(long id, float x, bool starts = false) => new()
    {
        ModelName = Model,
        Parameters =
        {
            ["sequence_id"] = new InferParameter { Int64Param = id },
            ["sequence_start"] = new InferParameter { BoolParam = starts },
        },
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 1, 1 } } },
        RawInputContents = { ByteString.CopyFrom(MemoryMarshal.AsBytes<float>([x])) },
    };

    private static float Sum(ModelInferResponse answer) => MemoryMarshal.Read<float>(answer.RawOutputContents[0].Span);

    private async Task<string> SumAsync(string key, int id, float x, string flags) =>
        (await SendAsync(key, id, x, flags).ReadAsync()).Outputs()["y"].GetProperty("data").GetRawText();

    private Task<HttpResponseMessage> SendAsync(string key, int id, float x, string flags) => _http.InferAsync(
        Model,
        $$$"""
        {"parameters": {"sequence_id": {{{id}}}{{{flags}}}}, "inputs": [
            {"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [{{{x}}}]}]}
        """,
        ("X-Api-Key", key));
}
