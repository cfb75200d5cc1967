using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Api.Configuration;
using SeqServe.Api.Facades.OpenInference;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.Core.Registry;
using SeqServe.Core.Tensors;
using SeqServe.FunctionalTests.Facades.OpenInference.Grpc;
using SeqServe.FunctionalTests.Facades.OpenInference.Rest;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.Facades.OpenInference;

/// <summary>Callers who ask for large answers over real connections and do not read them.</summary>
public sealed class UnreadAnswerTests : IAsyncLifetime
{
    private const string Model = "t";

    // More than the buffers of a connection take.
    private const int Floats = 16 << 20;

    private const string Json = """{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]""";

    // More than the most time, and more than what the buffers have taken earns.
    private static readonly TimeSpan s_longAfter = TimeSpan.FromMinutes(30);

    private readonly FakeTimeProvider _time = new();
    private FakeTensorServer _fake = null!;
    private AnswerBudget _answers = null!;
    private RequestEnds _ends = null!;
    private int _port;
    private int _grpcPort;

    public async Task InitializeAsync()
    {
        _grpcPort = GrpcPortTests.FreePort();
        _fake = await FakeTensorServer.StartAsync(
            new Dictionary<string, string> { ["SeqServe:GrpcPort"] = $"{_grpcPort}" },
            services => services.AddSingleton<TimeProvider>(_time),
            overSockets: true);
        _fake.Tensors.Answer = static _ => [new Tensor("y", TensorDatatype.Fp32, [Floats / 2, 2], new byte[sizeof(float) * Floats])];
        _answers = _fake.Server.Services.GetRequiredService<AnswerBudget>();
        _ends = new RequestEnds(_fake.Server);
        _port = new Uri(_fake.Server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    public async Task DisposeAsync()
    {
        _ends.Dispose();
        await _fake.DisposeAsync();
    }

    [Theory]
    [InlineData("}")]
    [InlineData(""", "parameters": {"binary_data_output": true}}""")]
    public async Task Rest_AnswerThatIsNotRead_IsCutOffAndHoldsNothingAnyMore(string end)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _port);
        var body = Json + end;
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /v2/models/{Model}/infer HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

        await AssertCutOffAsync();
    }

    [Fact]
    public async Task Grpc_AnswerThatIsNotRead_IsCutOffAndHoldsNothingAnyMore()
    {
        using var client = Client();
        using var answer = await client.SendAsync(Call("ModelInfer"), HttpCompletionOption.ResponseHeadersRead);

        await AssertCutOffAsync();
    }

    [Fact]
    public async Task GrpcStream_AnswerThatIsNotRead_IsCutOffAndHoldsNothingAnyMore()
    {
        using var client = Client();
        using var answer = await client.SendAsync(Call("ModelStreamInfer"), HttpCompletionOption.ResponseHeadersRead);

        await AssertCutOffAsync();
    }

    [Fact]
    public async Task Rest_AnswerThatIsRead_ComesWhole()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };

        var (_, binary) = await client.InferAsync(Model, Json + """, "parameters": {"binary_data_output": true}}""").ReadBinaryAsync();

        Assert.Equal(sizeof(float) * Floats, binary.Length);
        Assert.Equal("ok", await _ends.NextAsync());
    }

    // The client stops reading after a window of HTTP/2, 64 KiB.
    private static HttpClient Client() => new(new SocketsHttpHandler { InitialHttp2StreamWindowSize = 65_535 });

    private HttpRequestMessage Call(string method)
    {
        var question = new ModelInferRequest
        {
            ModelName = Model,
            Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 1, 2 } } },
            RawInputContents = { ByteString.CopyFrom(new byte[8]) },
        };
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_grpcPort}{WireCall.Service}{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(WireCall.Frame(question)),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        return request;
    }

    private async Task AssertCutOffAsync()
    {
        await Eventually.IsTrueAsync(() => _answers.Waiting > 0);
        _time.Advance(new SeqServeOptions().MaxAnswerTime - TimeSpan.FromSeconds(1));
        Assert.Equal((1, true), (_fake.Tensors.Outstanding, _answers.Waiting > 0));
        var ended = _ends.NextAsync();

        // The wait for the connection may begin later than the count.
        await Eventually.IsTrueAsync(() =>
        {
            _time.Advance(s_longAfter);
            return ended.IsCompleted;
        });

        Assert.Equal("cancelled", await ended);
        await Eventually.IsTrueAsync(() => _fake.Tensors.Outstanding == 0 && _answers.Waiting == 0);
        await Patience.Wait(_fake.Server.Services.GetRequiredService<ModelLifecycle>().UnloadAsync(Model));
        Assert.Equal(1, _fake.Tensors.Disposals);
    }
}
