using System.Text.Json.Nodes;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>The Open Inference Protocol, version 2, over REST. Not in the OpenAPI document of the native API: the protocol is another's.</summary>
internal sealed class OpenInferenceFacade : IFacade
{
    private const string Root = "/v2";
    private const string Model = $"/v2/models/{{{ModelRoute.Model}}}";
    private const string Version = $"{Model}/versions/{{{ModelRoute.Version}}}";

    public IReadOnlyList<PathString> Paths { get; } = [Root];

    public IReadOnlyList<object> Metadata { get; } = [new OpenInferenceErrorShape(), new ExcludeFromDescriptionAttribute()];

    public IEnumerable<WarmUpRequest> WarmUps(WarmUpModels models)
    {
        if (models.Of(ClassificationTask.TaskName) is not { } model)
            yield break;
        var route = $"{Root}/models/{model.Name}/infer";
        yield return new WarmUpRequest(route, Request(Tensor(TextInput.Name, "BYTES", 1, WarmUpModels.Text)));
        var graph = model.Versions.LastOrDefault(static version => version.Served is not null)?.Served?.Graphs.Main;
        // One token of id 1: a length, a mask and a position of 1 are of a text of one token or more.
        if (graph is null)
            yield break;
        var inputs = graph.Signature.Inputs.Select(static input => Tensor(input.Name, input.Datatype.ToName(), input.Shape?.Count ?? 1, 1));
        yield return new WarmUpRequest(route, Request([.. inputs]));
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Root, context => Of<ServerEndpoints>(context).MetadataAsync(context));
        routes.MapGet($"{Root}/health/live", context => Of<ServerEndpoints>(context).LiveAsync(context)).AsProbe();
        routes.MapGet($"{Root}/health/ready", context => Of<ServerEndpoints>(context).ReadyAsync(context)).AsProbe();
        routes.MapGet($"{Root}/models/stats", context => Of<ModelEndpoints>(context).AllStatsAsync(context));
        foreach (var path in new[] { Model, Version })
        {
            routes.MapGet(path, context => Of<ModelEndpoints>(context).MetadataAsync(context));
            routes.MapGet($"{path}/ready", context => Of<ModelEndpoints>(context).ReadyAsync(context));
            routes.MapGet($"{path}/config", context => Of<ModelEndpoints>(context).ConfigAsync(context));
            routes.MapGet($"{path}/stats", context => Of<ModelEndpoints>(context).StatsAsync(context));
            routes.MapPost($"{path}/infer", context => Of<InferEndpoint>(context).InferAsync(context));
        }
    }

    private static JsonObject Request(params JsonNode[] inputs) => new() { ["inputs"] = new JsonArray(inputs) };

    private static JsonObject Tensor(string name, string datatype, int axes, JsonNode value) => new()
    {
        ["name"] = name,
        ["datatype"] = datatype,
        ["shape"] = new JsonArray([.. Enumerable.Repeat(1, axes).Select(static size => (JsonNode)size)]),
        ["data"] = new JsonArray(value),
    };

    private static T Of<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}

/// <summary>Registers the protocol over REST.</summary>
internal static class OpenInferenceSetup
{
    public static IServiceCollection AddOpenInferenceRest(this IServiceCollection services) => services
        .AddFacade<OpenInferenceFacade>()
        .AddOpenInferenceServer()
        .AddSingleton<InferBody>()
        .AddSingleton<InferAnswers>()
        .AddSingleton<InferEndpoint>()
        .AddSingleton<ModelEndpoints>()
        .AddSingleton<ServerEndpoints>();
}
