using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades;
using SeqServe.Api.Pipeline;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Core.Errors;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades;

/// <summary>A protocol that the server does not know, added by one registration.</summary>
public sealed class FakeFacadeTests : IAsyncLifetime
{
    private const string Key = "the-key-of-these-tests";
    private SeqServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default, ["SeqServe:ApiKeys:tests:Key"] = Key };
        _server = await new SeqServer(settings, services => services.AddFacade<FakeFacade>()).StartAsync();
        _client = _server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("/fake/answer", HttpStatusCode.OK)]
    [InlineData("/FAKE/answer", HttpStatusCode.OK)]
    [InlineData("/fake/open", HttpStatusCode.OK)]
    public async Task Route_WithAKey_IsAnswered(string path, HttpStatusCode status) => Assert.Equal(status, (await GetAsync(path, Key)).Status);

    [Theory]
    [InlineData("/fake/answer", HttpStatusCode.Unauthorized)]
    [InlineData("/FAKE/Answer", HttpStatusCode.Unauthorized)]
    [InlineData("/fake/none", HttpStatusCode.Unauthorized)]
    [InlineData("/fake/open", HttpStatusCode.OK)]
    public async Task Route_WithoutAKey_IsGuardedUnlessItSaysOtherwise(string path, HttpStatusCode status) =>
        Assert.Equal(status, (await GetAsync(path)).Status);

    [Theory]
    [InlineData("GET", "/fake/answer", "", "unauthorized")]
    [InlineData("GET", "/fake/none", Key, "not-found")]
    [InlineData("DELETE", "/fake/answer", Key, "method-not-allowed")]
    [InlineData("GET", "/fake/refusal", Key, "overloaded")]
    [InlineData("GET", "/fake/fault", Key, "internal-error")]
    public async Task Failure_OfAnyKind_HasTheFacadesShape(string method, string path, string key, string slug)
    {
        using var response = await _client.SendAsync(new HttpMethod(method), path, null, ("X-Api-Key", key));

        Assert.Equal($"fake {slug}", await response.Content.ReadAsStringAsync());
        Assert.Equal("text/fake", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Requests_HoweverTheyEnd_AreCounted()
    {
        await GetAsync("/fake/answer", Key);
        await GetAsync("/fake/none", Key);
        await GetAsync("/fake/refusal", Key);

        var page = await MetricsPage.ReadAsync(_client);

        Assert.Equal((1, 1, 1), (page.Requests("ok"), page.Requests("client_error"), page.Requests("overloaded")));
    }

    [Fact]
    public async Task Request_ThatIsHeld_IsWaitedForAtAShutdown()
    {
        var held = GetAsync("/fake/held", Key);
        await TestSupport.Patience.Wait(FakeFacade.HasBegun.Task);

        var drained = _server.Services.GetRequiredService<TakenRequests>().CloseAsync();
        Assert.False(drained.IsCompleted);
        FakeFacade.Release.SetResult();

        await TestSupport.Patience.Wait(drained);
        Assert.Equal(HttpStatusCode.OK, (await held).Status);
    }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path, string? key = null)
    {
        using var response = await _client.SendAsync(HttpMethod.Get, path, null, key is null ? [] : [("X-Api-Key", key)]);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private sealed class FakeFacade : IFacade
    {
        public static TaskCompletionSource HasBegun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<PathString> Paths { get; } = ["/fake"];

        public IReadOnlyList<object> Metadata { get; } = [new FakeShape()];

        public void Map(IEndpointRouteBuilder routes)
        {
            routes.MapGet("/fake/answer", static context => context.Response.WriteAsync("answer"));
            routes.MapGet("/fake/refusal", static _ => throw new ServingException(ServingErrorCode.Overloaded, "Full."));
            routes.MapGet("/fake/fault", static _ => throw new InvalidOperationException("A secret."));
            routes.MapGet("/fake/open", static context => context.Response.WriteAsync("open")).WithMetadata(new AllowWithoutKeyAttribute());
            routes.MapGet("/fake/held", static _ =>
            {
                HasBegun.TrySetResult();
                return Release.Task;
            });
        }
    }

    private sealed class FakeShape : ErrorShape
    {
        public override string MediaType => "text/fake";

        public override Type Contract => typeof(string);

        public override byte[] Write(Failure failure, string traceId) => Encoding.UTF8.GetBytes($"fake {failure.Kind.Slug}");
    }
}
