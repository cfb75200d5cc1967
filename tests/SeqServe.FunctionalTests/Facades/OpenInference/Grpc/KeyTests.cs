using System.Net;
using Google.Protobuf;
using Grpc.Core;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Grpc;

public sealed class KeyTests(GrpcServer server) : IClassFixture<GrpcServer>
{
    [Theory]
    [InlineData("/inference.GRPCInferenceService/ModelInfer")]
    [InlineData("/inference.grpcinferenceservice/modelinfer")]
    [InlineData("/INFERENCE.GRPCINFERENCESERVICE/ServerMetadata")]
    [InlineData("/inference.grpcinferenceservice/repositorymodelunload")]
    [InlineData("/inference.GRPCInferenceService/NoSuchMethod")]
    public async Task Call_WithoutAKey_IsUnauthenticatedWhateverTheLettersOfItsPath(string path)
    {
        var (response, status) = await CallAsync(path, new ServerMetadataRequest().ToByteArray());

        Assert.Equal((HttpStatusCode.OK, StatusCode.Unauthenticated), (response.StatusCode, status));
    }

    [Fact]
    public async Task Call_WithoutAKey_IsRefusedBeforeItsMessageIsParsed() =>
        Assert.Equal(StatusCode.Unauthenticated, (await CallAsync("/inference.GRPCInferenceService/ModelInfer", [0xff, 0xff, 0xff])).Status);

    [Fact]
    public async Task Call_WithAKeyAndNoMessage_IsAFaultOfTheMessage() =>
        Assert.Equal(
            StatusCode.InvalidArgument, (await CallAsync("/inference.GRPCInferenceService/ModelInfer", [0xff, 0xff, 0xff], GrpcServer.OtherKey)).Status);

    [Theory]
    [InlineData("/inference.GRPCInferenceService/ServerLive")]
    [InlineData("/inference.grpcinferenceservice/serverlive")]
    public async Task ServerLive_WithoutAKey_IsAnswered(string path) => Assert.Equal(StatusCode.OK, (await CallAsync(path, [])).Status);

    [Fact]
    public async Task Refusal_OfACall_SaysWhatToSend()
    {
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.ServerMetadataAsync(new ServerMetadataRequest()));

        Assert.Equal(StatusCode.Unauthenticated, fault.StatusCode);
        Assert.Contains("X-Api-Key: <key>", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_OverItsRate_IsRefusedMessageByMessage()
    {
        const string slow = "a-key-with-two-a-minute";
        using var repository = new TemporaryRepository().With(GrpcServer.Text);
        await using var own = await new SeqServer(new Dictionary<string, string>
        {
            ["SeqServe:ModelRepository"] = repository.Path,
            ["SeqServe:ApiKeys:slow:Key"] = slow,
            ["SeqServe:ApiKeys:slow:RequestsPerMinute"] = "2",
        }).StartAsync();
        using var channel = GrpcServer.Open(own);
        using var call = new GRPCInferenceService.GRPCInferenceServiceClient(channel).ModelStreamInfer(GrpcServer.As(slow));

        var answers = new List<ModelStreamInferResponse>();
        for (var i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(Question());
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            answers.Add(call.ResponseStream.Current);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(["", ""], answers[..2].Select(answer => answer.ErrorMessage));
        Assert.Contains("2 requests a minute", answers[2].ErrorMessage, StringComparison.Ordinal);
    }

    private static ModelInferRequest Question() => new()
    {
        ModelName = GrpcServer.Text,
        Inputs =
        {
            new ModelInferRequest.Types.InferInputTensor
            {
                Name = "text", Datatype = "BYTES", Shape = { 1 }, Contents = new InferTensorContents { BytesContents = { ByteString.CopyFromUtf8("good") } },
            },
        },
    };

    private Task<(HttpResponseMessage Response, StatusCode? Status)> CallAsync(string path, byte[] message, string? key = null) =>
        WireCall.SendAsync(server.Server, path, WireCall.Frame(message), key is null ? [] : [("X-Api-Key", key)]);
}
