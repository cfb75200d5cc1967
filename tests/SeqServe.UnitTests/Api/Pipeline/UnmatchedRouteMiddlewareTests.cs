using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using SeqServe.Api.Facades;
using SeqServe.Api.Pipeline;
using SeqServe.Api.Pipeline.Metadata;

namespace SeqServe.UnitTests.Api.Pipeline;

public class UnmatchedRouteMiddlewareTests
{
    private const string Outer = "the facade at /v1";
    private const string Inner = "the facade at /v1/inner";

    [Theory]
    [InlineData("/v1", Outer)]
    [InlineData("/V1/none", Outer)]
    [InlineData("/v1/inner/none", Inner)]
    [InlineData("/v1/INNER", Inner)]
    [InlineData("/v1/innermost", Outer)]
    [InlineData("/v11", null)]
    [InlineData("/other", null)]
    public async Task Request_WithoutARoute_IsTheFacadesOfItsPath(string path, string? facade)
    {
        var context = await PassAsync(path, endpoint: null);

        Assert.Equal(facade, context.GetEndpoint()?.Metadata.GetMetadata<string>());
        if (facade is null)
            return;
        await context.GetEndpoint()!.RequestDelegate!(context);
        Assert.Equal(404, context.Response.StatusCode);
    }

    [Fact]
    public async Task Request_ThatRoutingRefuses_KeepsItsRefusalAndHasTheFacadesMetadata()
    {
        static Task Refuse(HttpContext context)
        {
            context.Response.StatusCode = 405;
            return Task.CompletedTask;
        }

        var refusal = new Endpoint(Refuse, EndpointMetadataCollection.Empty, "405");

        var context = await PassAsync("/v1/inner", refusal);

        Assert.Equal(Inner, context.GetEndpoint()!.Metadata.GetMetadata<string>());
        await context.GetEndpoint()!.RequestDelegate!(context);
        Assert.Equal(405, context.Response.StatusCode);
    }

    [Fact]
    public async Task Request_ThatRoutingRefusesOutsideOfTheFacades_IsOpenAndNotCounted()
    {
        var refusal = new Endpoint(static _ => Task.CompletedTask, EndpointMetadataCollection.Empty, "405");

        var context = await PassAsync("/", refusal);

        Assert.Equal((false, false), (context.NeedsKey(), context.IsCounted()));
        Assert.Same(refusal.RequestDelegate, context.GetEndpoint()!.RequestDelegate);
    }

    [Fact]
    public void Route_ForAdminsInAnOpenFacade_NeedsAKey()
    {
        var context = new DefaultHttpContext();
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new AllowWithoutKeyAttribute(), new AdminOnlyAttribute()), "admin"));

        Assert.True(context.NeedsKey());
    }

    [Fact]
    public async Task Request_WithARoute_KeepsIt()
    {
        var route = new RouteEndpoint(static _ => Task.CompletedTask, RoutePatternFactory.Parse("/v1/inner"), 0, EndpointMetadataCollection.Empty, "route");

        Assert.Same(route, (await PassAsync("/v1/inner", route)).GetEndpoint());
    }

    [Fact]
    public void Route_WithoutMetadata_IsClosedAndCounted()
    {
        var context = new DefaultHttpContext();
        context.SetEndpoint(new Endpoint(null, EndpointMetadataCollection.Empty, "forgotten"));

        Assert.Equal((true, true, false), (context.NeedsKey(), context.IsCounted(), context.IsProbe()));
    }

    private static async Task<HttpContext> PassAsync(string path, Endpoint? endpoint)
    {
        var context = new DefaultHttpContext { Request = { Path = path } };
        context.SetEndpoint(endpoint);
        var middleware = new UnmatchedRouteMiddleware(static _ => Task.CompletedTask, [new FakeFacade("/v1", Outer), new FakeFacade("/v1/inner", Inner)]);
        await middleware.InvokeAsync(context);
        return context;
    }

    private sealed class FakeFacade(string path, string name) : IFacade
    {
        public IReadOnlyList<PathString> Paths { get; } = [path];

        public IReadOnlyList<object> Metadata { get; } = [name];

        public void Map(IEndpointRouteBuilder routes) => routes.MapGet(path, static () => "");
    }
}
