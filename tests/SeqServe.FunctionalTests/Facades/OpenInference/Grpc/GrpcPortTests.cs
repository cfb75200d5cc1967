using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Facades.OpenInference.Grpc;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Grpc;

public sealed class GrpcPortTests
{
    [Fact]
    public async Task Start_OverSockets_ServesGrpcBesideHttp()
    {
        var port = FreePort();
        await using var server = await Start(port);

        Assert.True(await IsLiveAsync(port));
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"{Addresses(server)[0]}/health/live"))).StatusCode);
    }

    [Fact]
    public async Task Start_WithPort0_ServesHttpAlone()
    {
        await using var server = await Start(0);

        Assert.Single(Addresses(server));
    }

    [Theory]
    [InlineData("http://localhost:8080", "http://localhost:8081")]
    [InlineData("http://*:80", "http://*:8081")]
    [InlineData("http://[::]:8080", "http://[::]:8081")]
    [InlineData("http://0.0.0.0:5000;http://127.0.0.1:5001", "http://0.0.0.0:8081")]
    [InlineData("https://a:443;http://127.0.0.1:5001", "http://127.0.0.1:8081")]
    [InlineData("http://127.0.0.1:8081", null)]
    [InlineData("https://localhost:8443", null)]
    [InlineData("http://unix:/run/seqserve.sock", null)]
    [InlineData("", null)]
    public void Beside_AddressesOfHttp_IsOnTheHostOfTheFirst(string addresses, string? expected) =>
        Assert.Equal(expected, GrpcAddress.Beside(addresses.Split(';', StringSplitOptions.RemoveEmptyEntries), 8081));

    private static async Task<SeqServer> Start(int port) =>
        await new SeqServer(
            new Dictionary<string, string> { ["SeqServe:Models:0"] = "language-id", ["SeqServe:GrpcPort"] = $"{port}" }).OverKestrel().StartAsync();

    private static List<string> Addresses(SeqServer server) =>
        [.. server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    private static async Task<bool> IsLiveAsync(int port)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        return (await new GRPCInferenceService.GRPCInferenceServiceClient(channel).ServerLiveAsync(new ServerLiveRequest())).Live;
    }

    /// <summary>A port that nobody had a moment ago.</summary>
    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
