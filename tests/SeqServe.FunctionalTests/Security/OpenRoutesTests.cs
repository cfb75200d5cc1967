using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Errors;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Security;

[Collection(ShippedSuite.Name)]
public sealed class OpenRoutesTests(ShippedServer server)
{
    // Everything else asks for a key.
    private static readonly string[] s_open =
    [
        "/",
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/Watch",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "/health/live",
        "/health/ready",
        "/health/startup",
        "/inference.GRPCInferenceService/ServerLive",
        "/inference.GRPCInferenceService/ServerReady",
        "/metrics",
        "/v2/health/live",
        "/v2/health/ready",
    ];

    // They carry keys in their bodies, and ask for them when they have read them.
    private static readonly string[] s_askThemselves = ["detect", "frontend/settings", "languages", "translate"];

    [Fact]
    public void Routes_OfTheServer_AreGuardedOrOfAShortList()
    {
        var open = Endpoints()
            .Where(endpoint => endpoint.Metadata.GetMetadata<AllowWithoutKeyAttribute>() is not null)
            .Select(Name)
            .Where(name => !name.TrimStart('/').StartsWith("swagger", StringComparison.Ordinal));

        Assert.Equal(s_open.Concat(s_askThemselves).Order(StringComparer.Ordinal), open.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Routes_OfTheServer_AreAllRoutesWithAShapeOfTheirErrorsOrOpen() =>
        Assert.All(Endpoints(), endpoint => Assert.True(
            endpoint.Metadata.GetMetadata<ErrorShape>() is not null || endpoint.Metadata.GetMetadata<UncountedAttribute>() is not null, Name(endpoint)));

    [Theory]
    [InlineData("/v1/models", true, true)]
    [InlineData("/v1/classify", true, true)]
    [InlineData("/v1/completions", true, true)]
    [InlineData("/v2/repository/index", true, true)]
    [InlineData("/v2/models/{model}/infer", true, true)]
    [InlineData("/inference.GRPCInferenceService/ModelInfer", true, true)]
    [InlineData("/inference.GRPCInferenceService/ServerLive", false, true)]
    [InlineData("/translate", false, true)]
    [InlineData("/v2/health/ready", false, false)]
    [InlineData("/health/ready", false, false)]
    public void Route_ByItsMetadata_IsGuardedAndCounted(string route, bool needsKey, bool isCounted)
    {
        var context = new DefaultHttpContext();
        context.SetEndpoint(Endpoints().First(endpoint => Name(endpoint).TrimStart('/').Equals(route.TrimStart('/'), StringComparison.OrdinalIgnoreCase)));

        Assert.Equal((needsKey, isCounted), (context.NeedsKey(), context.IsCounted()));
    }

    private IEnumerable<Endpoint> Endpoints()
    {
        var endpoints = server.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        Assert.True(endpoints.Count > 40);
        return endpoints;
    }

    private static string Name(Endpoint endpoint) => endpoint is RouteEndpoint route ? route.RoutePattern.RawText! : endpoint.DisplayName!;
}
