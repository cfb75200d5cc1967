using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Hosting;

/// <summary>The server in a program of another's, as the benchmarks host it.</summary>
public class ForeignEntryTests
{
    [Fact]
    public async Task Server_InAnotherProgram_HasTheRoutesOfItsControllers()
    {
        var settings = new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default, ["applicationName"] = "SeqServe.FunctionalTests" };
        await using var server = new SeqServer(settings).Begin();

        var routes = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(route => route.RoutePattern.RawText);

        Assert.Superset(new HashSet<string?> { "v1/classify", "v1/models/{name}", "v1/completions", "translate", "v2/repository/index" }, routes.ToHashSet());
    }
}
