using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Http;
using SeqServe.Api.Errors;
using SeqServe.Api.Security;

namespace SeqServe.UnitTests.Api.Security;

public class CrossSiteMiddlewareTests
{
    [Theory]
    [InlineData("POST", null, null, null, true)]
    [InlineData("POST", "same-origin", null, "http://seqserve:8080", true)]
    [InlineData("POST", "same-origin", null, "https://behind.a.proxy", true)]
    [InlineData("POST", "none", null, null, true)]
    [InlineData("GET", "cross-site", "navigate", null, true)]
    [InlineData("GET", "cross-site", "no-cors", null, false)]
    [InlineData("POST", "cross-site", "navigate", null, false)]
    [InlineData("POST", "cross-site", "no-cors", null, false)]
    [InlineData("POST", "same-site", "cors", null, false)]
    [InlineData("POST", "", null, null, false)]
    [InlineData("POST", null, null, "http://seqserve:8080", true)]
    [InlineData("POST", null, null, "https://SEQSERVE:8080", true)]
    [InlineData("POST", null, null, "http://seqserve", false)]
    [InlineData("POST", null, null, "http://evil.example", false)]
    [InlineData("GET", null, null, "http://evil.example", false)]
    [InlineData("POST", null, null, "null", false)]
    [InlineData("POST", null, null, "", false)]
    public async Task Request_ByWhereItComesFrom_IsLetInOrRefused(string method, string? site, string? mode, string? origin, bool isLetIn)
    {
        var context = Context(method, site, mode, origin);

        Assert.Equal(isLetIn, await PassAsync(context));

        Assert.Equal(isLetIn ? 200 : 403, context.Response.StatusCode);
        Assert.Equal(isLetIn ? null : ProblemKinds.CrossSite, context.Features.Get<ProblemKind>());
    }

    [Fact]
    public async Task Request_OfAnotherSiteForARouteWithACorsPolicy_IsLetIn()
    {
        var context = Context("POST", "cross-site", "cors", "http://evil.example");
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new EnableCorsAttribute()), "any origin"));

        Assert.True(await PassAsync(context));
    }

    private static DefaultHttpContext Context(string method, string? site, string? mode, string? origin)
    {
        var context = new DefaultHttpContext { Request = { Method = method, Host = new HostString("seqserve:8080") } };
        foreach (var (name, value) in new[] { ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Origin", origin) })
        {
            if (value is not null)
                context.Request.Headers[name] = value;
        }

        return context;
    }

    private static async Task<bool> PassAsync(HttpContext context)
    {
        var passed = false;
        var middleware = new CrossSiteMiddleware(_ =>
        {
            passed = true;
            return Task.CompletedTask;
        });
        await middleware.InvokeAsync(context);
        return passed;
    }
}
