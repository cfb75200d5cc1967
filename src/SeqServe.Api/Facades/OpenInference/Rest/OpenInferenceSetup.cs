namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>The Open Inference Protocol, version 2, over REST.</summary>
internal static class OpenInferenceSetup
{
    /// <summary>Path under which all of it lies.</summary>
    public const string Root = "/v2";

    /// <summary>Probes: neither counted as requests nor guarded by keys.</summary>
    public const string Health = "/v2/health";

    private const string Model = $"/v2/models/{{{ModelRoute.Model}}}";
    private const string Version = $"{Model}/versions/{{{ModelRoute.Version}}}";

    public static IServiceCollection AddOpenInference(this IServiceCollection services) => services
        .AddOpenInferenceServer()
        .AddSingleton<InferBody>()
        .AddSingleton<InferAnswers>()
        .AddSingleton<InferEndpoint>()
        .AddSingleton<ModelEndpoints>()
        .AddSingleton<ServerEndpoints>();

    public static void MapOpenInference(this IEndpointRouteBuilder routes)
    {
        Get(routes, Root, context => Of<ServerEndpoints>(context).MetadataAsync(context));
        Get(routes, $"{Health}/live", context => Of<ServerEndpoints>(context).LiveAsync(context));
        Get(routes, $"{Health}/ready", context => Of<ServerEndpoints>(context).ReadyAsync(context));
        Get(routes, $"{Root}/models/stats", context => Of<ModelEndpoints>(context).AllStatsAsync(context));
        foreach (var path in new[] { Model, Version })
        {
            Get(routes, path, context => Of<ModelEndpoints>(context).MetadataAsync(context));
            Get(routes, $"{path}/ready", context => Of<ModelEndpoints>(context).ReadyAsync(context));
            Get(routes, $"{path}/config", context => Of<ModelEndpoints>(context).ConfigAsync(context));
            Get(routes, $"{path}/stats", context => Of<ModelEndpoints>(context).StatsAsync(context));
            Describe(routes.MapPost($"{path}/infer", context => Of<InferEndpoint>(context).InferAsync(context)));
        }
    }

    private static void Get(IEndpointRouteBuilder routes, string path, RequestDelegate answer) => Describe(routes.MapGet(path, answer));

    // Not in the OpenAPI document of the native API: the protocol is another's.
    private static void Describe(IEndpointConventionBuilder endpoint) =>
        endpoint.WithMetadata(new OpenInferenceErrorShapeAttribute()).ExcludeFromDescription();

    private static T Of<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
