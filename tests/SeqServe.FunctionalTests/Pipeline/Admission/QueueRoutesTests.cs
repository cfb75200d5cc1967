using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Pipeline.Admission;

[Collection(ShippedSuite.Name)]
public sealed class QueueRoutesTests(ShippedServer server)
{
    [Theory]
    [InlineData("v1/classify", ClassificationTask.TaskName)]
    [InlineData("v1/score", LanguageModelingTask.TaskName)]
    [InlineData("v1/next-token", LanguageModelingTask.TaskName)]
    [InlineData("v1/completions", LanguageModelingTask.TaskName)]
    public void Route_WhoseBodyNamesItsModel_HasThatModelsQueue(string route, string task)
    {
        var endpoint = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Single(e => e.RoutePattern.RawText == route);

        var queue = endpoint.Metadata.GetMetadata<QueueAttribute>();

        Assert.Equal(task, queue?.Task);
        var model = server.Services.GetRequiredService<ModelRegistry>().Peek(task, name: null, version: null);
        Assert.Null(model!.QueueOf(queue!.Operation)!.Refusal(rows: 1));
    }
}
