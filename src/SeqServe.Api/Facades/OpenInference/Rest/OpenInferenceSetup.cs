using SeqServe.Api.Pipeline.Metadata;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>The Open Inference Protocol, version 2, over REST. Not in the OpenAPI document of the native API: the protocol is another's.</summary>
internal sealed class OpenInferenceFacade : IFacade
{
    private const string Root = "/v2";
    private const string Model = $"/v2/models/{{{ModelRoute.Model}}}";
    private const string Version = $"{Model}/versions/{{{ModelRoute.Version}}}";

    public IReadOnlyList<PathString> Paths { get; } = [Root];

    public IReadOnlyList<object> Metadata { get; } = [new OpenInferenceErrorShape(), new ExcludeFromDescriptionAttribute()];

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
