using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.Core.Registry;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Grpc;

public sealed class CallTests(GrpcServer server) : IClassFixture<GrpcServer>
{
    [Fact]
    public async Task Server_WithoutAKey_SaysThatItLives()
    {
        Assert.True((await server.Client.ServerLiveAsync(new ServerLiveRequest())).Live);
        // One of its models is broken.
        Assert.False((await server.Client.ServerReadyAsync(new ServerReadyRequest())).Ready);
    }

    [Fact]
    public async Task ServerMetadata_Always_NamesTheServer()
    {
        var metadata = await server.Client.ServerMetadataAsync(new ServerMetadataRequest(), GrpcServer.As(GrpcServer.OtherKey));

        Assert.Equal("seqserve", metadata.Name);
        Assert.NotEmpty(metadata.Version);
        Assert.Equal(["model_repository", "parameters", "sequence"], metadata.Extensions);
    }

    [Theory]
    [InlineData(GrpcServer.Text, "", true)]
    [InlineData(GrpcServer.Text, "1", true)]
    [InlineData(GrpcServer.Text, "2", false)]
    [InlineData("broken", "", false)]
    [InlineData("none", "", false)]
    public async Task ModelReady_ByName_IsWhetherItServes(string name, string version, bool ready) =>
        Assert.Equal(
            ready, (await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = name, Version = version }, GrpcServer.As(GrpcServer.OtherKey))).Ready);

    [Fact]
    public async Task RepositoryIndex_Always_ListsTheModels()
    {
        var index = await server.Client.RepositoryIndexAsync(new RepositoryIndexRequest(), GrpcServer.As(GrpcServer.OtherKey));

        Assert.Equal(["broken", GrpcServer.Everything, GrpcServer.Text, GrpcServer.Numbers], index.Models.Select(m => m.Name));
        Assert.Equal("UNAVAILABLE", index.Models[0].State);
        Assert.Equal(
            3, (await server.Client.RepositoryIndexAsync(new RepositoryIndexRequest { Ready = true }, GrpcServer.As(GrpcServer.OtherKey))).Models.Count);
    }

    [Fact]
    public async Task RepositoryModelUnload_ThenLoad_TakesTheModelOutAndBackIn()
    {
        await using var own = new GrpcServerScope();
        var (client, key) = (await own.StartAsync(), GrpcServer.As(GrpcServer.AdminKey));

        await client.RepositoryModelUnloadAsync(new RepositoryModelUnloadRequest { ModelName = GrpcServer.Numbers }, key);
        Assert.False((await client.ModelReadyAsync(new ModelReadyRequest { Name = GrpcServer.Numbers }, key)).Ready);
        await client.RepositoryModelLoadAsync(new RepositoryModelLoadRequest { ModelName = GrpcServer.Numbers }, key);

        Assert.True((await client.ModelReadyAsync(new ModelReadyRequest { Name = GrpcServer.Numbers }, key)).Ready);
    }

    [Theory]
    [InlineData("none", GrpcServer.AdminKey, StatusCode.NotFound, "Request for unknown model")]
    [InlineData("broken", GrpcServer.AdminKey, StatusCode.FailedPrecondition, "sha256")]
    [InlineData(GrpcServer.Text, GrpcServer.OtherKey, StatusCode.PermissionDenied, "Admin")]
    [InlineData(GrpcServer.Text, "a-key-that-nobody-has", StatusCode.Unauthenticated, "known key")]
    public async Task RepositoryModelLoad_ThatCannotBe_HasItsStatus(string model, string key, StatusCode status, string part)
    {
        var fault = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.RepositoryModelLoadAsync(new RepositoryModelLoadRequest { ModelName = model }, GrpcServer.As(key)));

        Assert.Equal(status, fault.StatusCode);
        Assert.Contains(part, fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RepositoryModelLoad_WithAConfig_IsRefused()
    {
        var request = new RepositoryModelLoadRequest
        {
            ModelName = GrpcServer.Text,
            Parameters = { ["config"] = new ModelRepositoryParameter { StringParam = "{}" } },
        };

        var fault = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.RepositoryModelLoadAsync(request, GrpcServer.As(GrpcServer.AdminKey)));

        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
    }

    [Fact]
    public async Task Call_ThatFails_IsCountedAsItEnded()
    {
        await using var own = new GrpcServerScope();
        var client = await own.StartAsync();
        using var http = own.Server.CreateClient();

        await Assert.ThrowsAsync<RpcException>(
            async () => await client.ModelMetadataAsync(new ModelMetadataRequest { Name = "none" }, GrpcServer.As(GrpcServer.OtherKey)));
        await client.ServerMetadataAsync(new ServerMetadataRequest(), GrpcServer.As(GrpcServer.OtherKey));

        var page = await MetricsPage.ReadAsync(http);
        Assert.Equal((1, 1), (page.Requests("client_error"), page.Requests("ok")));
    }

    [Fact]
    public async Task Infer_BehindItsDeadline_IsTold()
    {
        var port = GrpcPortTests.FreePort();
        await using var fake = new FakeServer(new Dictionary<string, string> { ["SeqServe:GrpcPort"] = $"{port}" });
        await fake.Server.OverKestrel().StartAsync();
        fake.Backends.HoldRuns();
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
        // The time of a connection is not the deadline's.
        await client.ServerLiveAsync(new ServerLiveRequest());

        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(300);
        var fault = await Assert.ThrowsAsync<RpcException>(async () => await client.ModelInferAsync(Text("held"), deadline: deadline));

        Assert.True(fault.StatusCode == StatusCode.DeadlineExceeded, fault.ToString());
    }

    [Fact]
    public async Task Infer_AboveTheQueue_IsToldWhenToRetry()
    {
        await using var fake = await FakeServer.StartAsync();
        using var http = fake.Server.CreateClient();
        using var channel = GrpcServer.Open(fake.Server);
        var running = await fake.HoldOneAsync(http);

        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
        // Each fills the queue alone: when one of them has been refused, the other waits for sure.
        Task<ModelInferResponse>[] calls = [client.ModelInferAsync(Text("a", "b")).ResponseAsync, client.ModelInferAsync(Text("c", "d")).ResponseAsync];

        var refused = await TestSupport.Patience.Wait(Task.WhenAny(calls));

        var fault = await Assert.ThrowsAsync<RpcException>(() => refused);
        Assert.True(fault.StatusCode == StatusCode.ResourceExhausted, fault.ToString());
        Assert.NotNull(fault.Trailers.Get("retry-after"));
        fake.Backends.ReleaseRuns();
        await running.ReadAsync();
        Assert.Contains((await calls.Single(call => call != refused)).Outputs, output => output.Name == "label");
    }

    [Fact]
    public async Task Infer_WhoseRunFails_IsInternalAndTellsNothingOfTheInside()
    {
        await using var fake = await FakeServer.StartAsync();
        fake.Backends.BeforeRun = () => new SeqServe.Core.Backends.BackendException("The operator System.Secret in /etc/secret failed.");
        using var channel = GrpcServer.Open(fake.Server);

        var fault = await Assert.ThrowsAsync<RpcException>(
            async () => await new GRPCInferenceService.GRPCInferenceServiceClient(channel).ModelInferAsync(Text("a")));

        Assert.Equal(StatusCode.Internal, fault.StatusCode);
        Assert.DoesNotContain("secret", fault.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Health_OfAServer_FollowsItsReadiness()
    {
        await using var fake = await FakeServer.StartAsync();
        using var channel = GrpcServer.Open(fake.Server);
        var health = new Health.HealthClient(channel);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest())).Status);
        fake.Server.Services.GetRequiredService<ModelRegistry>().Drain();
        Assert.Equal(
            HealthCheckResponse.Types.ServingStatus.NotServing,
            (await health.CheckAsync(new HealthCheckRequest { Service = "inference.GRPCInferenceService" })).Status);
    }

    [Fact]
    public async Task Reflection_Asked_ListsTheServices()
    {
        using var call = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        await call.RequestStream.CompleteAsync();

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Contains("inference.GRPCInferenceService", call.ResponseStream.Current.ListServicesResponse.Service.Select(s => s.Name));
    }

    private static ModelInferRequest Text(params string[] texts) => new()
    {
        ModelName = FakeServer.Model,
        Inputs =
        {
            new ModelInferRequest.Types.InferInputTensor
            {
                Name = "text",
                Datatype = "BYTES",
                Shape = { texts.Length },
                Contents = new InferTensorContents { BytesContents = { texts.Select(Google.Protobuf.ByteString.CopyFromUtf8) } },
            },
        },
    };

    /// <summary>A server of the test's own.</summary>
    private sealed class GrpcServerScope : IAsyncDisposable
    {
        private readonly GrpcServer _own = new();

        public SeqServer Server => _own.Server;

        public async Task<GRPCInferenceService.GRPCInferenceServiceClient> StartAsync()
        {
            await _own.InitializeAsync();
            return _own.Client;
        }

        public ValueTask DisposeAsync() => new(_own.DisposeAsync());
    }
}
