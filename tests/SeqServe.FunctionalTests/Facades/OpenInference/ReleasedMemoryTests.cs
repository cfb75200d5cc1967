using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Facades.OpenInference;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.Core.Backends;
using SeqServe.FunctionalTests.Facades.OpenInference.Grpc;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.Facades.OpenInference;

/// <summary>However a request ends, what was counted for it is given back.</summary>
public sealed class ReleasedMemoryTests : IAsyncLifetime
{
    private const string Model = "t";
    private const string Good = """{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]}""";

    private FakeTensorServer _fake = null!;
    private BodyBudget _budget = null!;
    private RequestEnds _ends = null!;
    private HttpClient _http = null!;
    private GrpcChannel _channel = null!;
    private long _duringRun;

    private GRPCInferenceService.GRPCInferenceServiceClient Grpc => new(_channel);

    public async Task InitializeAsync()
    {
        _fake = await FakeTensorServer.StartAsync();
        _budget = _fake.Server.Services.GetRequiredService<BodyBudget>();
        _ends = new RequestEnds(_fake.Server);
        _http = _fake.Server.CreateClient();
        _channel = GrpcServer.Open(_fake.Server);
        _fake.Tensors.OnRun = () => _duringRun = _budget.Reserved;
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        _http.Dispose();
        _ends.Dispose();
        await _fake.DisposeAsync();
    }

    [Fact]
    public async Task Rest_Answered_IsReleased()
    {
        (await _http.InferAsync(Model, Good)).EnsureSuccessStatusCode().Dispose();

        await AssertReleasedAsync("ok", hasRun: true);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1]}]}""")]
    public async Task Rest_Refused_IsReleased(string json)
    {
        await _http.InferAsync(Model, json).ErrorAsync(400);

        await AssertReleasedAsync("client_error");
    }

    [Fact]
    public async Task Rest_WhoseBodyBreaksOff_IsReleased()
    {
        using var leaving = new CancellationTokenSource();
        using var body = new HalfBody();
        using var request = new HttpRequestMessage(HttpMethod.Post, OpenInferenceCalls.InferPath(Model)) { Content = body };
        // The client of other tests reads a body to its end before it sends it.
        using var client = new HttpClient(_fake.Server.Server.CreateHandler()) { BaseAddress = _http.BaseAddress };
        var sending = client.SendAsync(request, leaving.Token);
        await Until(() => _budget.Reserved > 0);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await AssertReleasedAsync("cancelled");
    }

    [Fact]
    public async Task Rest_WhoseRunFails_IsReleased()
    {
        FailRuns();

        await _http.InferAsync(Model, Good).ErrorAsync(500);

        await AssertReleasedAsync("error", hasRun: true);
    }

    [Fact]
    public async Task Grpc_Answered_IsReleased()
    {
        await Grpc.ModelInferAsync(Question());

        await AssertReleasedAsync("ok", hasRun: true);
    }

    [Fact]
    public async Task Grpc_Refused_IsReleased()
    {
        var question = Question();
        question.Inputs[0].Shape[0] = 2;

        await Assert.ThrowsAsync<RpcException>(async () => await Grpc.ModelInferAsync(question));

        await AssertReleasedAsync("client_error");
    }

    [Fact]
    public async Task Grpc_WhoseMessageCannotBeRead_IsReleased()
    {
        await WireCall.SendAsync(_fake.Server, WireCall.Service + "ModelInfer", WireCall.Frame([0xff]));

        await AssertReleasedAsync("client_error");
    }

    [Fact]
    public async Task Grpc_WhoseRunFails_IsReleased()
    {
        FailRuns();

        await Assert.ThrowsAsync<RpcException>(async () => await Grpc.ModelInferAsync(Question()));

        await AssertReleasedAsync("error", hasRun: true);
    }

    [Fact]
    public async Task GrpcStream_BetweenMessagesAndAtItsEnd_IsReleased()
    {
        using var call = Grpc.ModelStreamInfer();
        for (var i = 0; i < 2; i++)
        {
            await call.RequestStream.WriteAsync(Question());
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.NotEqual(0, Interlocked.Exchange(ref _duringRun, 0));
            await ReleasedAsync();
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));

        await AssertReleasedAsync("ok");
    }

    [Fact]
    public async Task GrpcStream_WhoseCallerLeavesDuringARun_IsReleased()
    {
        _fake.Tensors.Close();
        using var leaving = new CancellationTokenSource();
        using var call = Grpc.ModelStreamInfer(cancellationToken: leaving.Token);
        await call.RequestStream.WriteAsync(Question());
        _fake.Tensors.AwaitStart();
        Assert.NotEqual(0, _budget.Reserved);

        await leaving.CancelAsync();

        await AssertReleasedAsync("cancelled");
    }

    /// <summary>The beginning of a body, and then nothing.</summary>
    private sealed class HalfBody : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync("{\"inputs\": ["u8.ToArray(), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private static ModelInferRequest Question() => new()
    {
        ModelName = Model,
        Inputs =
        {
            new ModelInferRequest.Types.InferInputTensor
            {
                Name = "x", Datatype = "FP32", Shape = { 1, 2 }, Contents = new InferTensorContents { Fp32Contents = { 1, 2 } },
            },
        },
    };

    private void FailRuns() => _fake.Tensors.OnRun = () =>
    {
        _duringRun = _budget.Reserved;
        throw new BackendException("fails");
    };

    private async Task AssertReleasedAsync(string outcome, bool hasRun = false)
    {
        Assert.Equal(outcome, await _ends.NextAsync());
        Assert.Equal(hasRun, _duringRun > 0);
        Assert.Equal(0, _budget.Reserved);
    }

    // A stream gives back when it reads on, which no caller sees.
    private Task ReleasedAsync() => Until(() => _budget.Reserved == 0);

    private static Task Until(Func<bool> isSo) => Patience.Wait(Task.Run(async () =>
    {
        while (!isSo())
            await Task.Yield();
    }));
}
