using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.FunctionalTests.Facades.OpenInference.Grpc;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.Hosting;

/// <summary>Streams of gRPC that are open when the server is stopped, over real connections.</summary>
public sealed class StreamShutdownTests : IAsyncLifetime
{
    private readonly int _port = GrpcPortTests.FreePort();
    private FakeTensorServer _fake = null!;
    private GrpcChannel _channel = null!;

    public async Task InitializeAsync()
    {
        // Longer than a test waits: only a stream that ends by itself lets it pass.
        var settings = new Dictionary<string, string> { ["SeqServe:GrpcPort"] = $"{_port}", ["SeqServe:DrainTimeout"] = "00:10:00" };
        _fake = await FakeTensorServer.StartAsync(settings, overSockets: true);
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{_port}");
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _fake.DisposeAsync();
    }

    [Fact]
    public async Task Stop_WithIdleStreams_EndsThemAsUnavailable()
    {
        using var used = Open();
        await used.RequestStream.WriteAsync(Question());
        Assert.True(await used.ResponseStream.MoveNext(CancellationToken.None));
        using var other = Open();
        await other.RequestStream.WriteAsync(Question());
        Assert.True(await other.ResponseStream.MoveNext(CancellationToken.None));

        // As clients wait: one that reads nothing at that time may see no more than the end of the connection.
        var ends = new[] { used, other }.Select(call => Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None))).ToList();

        await Patience.Wait(_fake.Server.Host.StopAsync());

        foreach (var end in await Patience.Wait(Task.WhenAll(ends)))
        {
            Assert.Equal("Unavailable: The server is shutting down. Send the request to another replica.", $"{end.StatusCode}: {end.Status.Detail}");
        }
    }

    [Fact]
    public async Task Stop_WhileAMessageRuns_AnswersItAndThenEndsTheStream()
    {
        _fake.Tensors.Close();
        using var call = Open();
        await call.RequestStream.WriteAsync(Question());
        _fake.Tensors.AwaitStart();

        var stop = _fake.Server.Host.StopAsync();
        Assert.False(stop.IsCompleted);
        _fake.Tensors.Open();

        Assert.True(await Patience.Wait(call.ResponseStream.MoveNext(CancellationToken.None)));
        Assert.Equal("", call.ResponseStream.Current.ErrorMessage);
        var end = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.Unavailable, end.StatusCode);
        await Patience.Wait(stop);
    }

    private static ModelInferRequest Question() => new()
    {
        ModelName = "t",
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 1, 2 } } },
        RawInputContents = { ByteString.CopyFrom(new byte[8]) },
    };

    private AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> Open() =>
        new GRPCInferenceService.GRPCInferenceServiceClient(_channel).ModelStreamInfer();
}
