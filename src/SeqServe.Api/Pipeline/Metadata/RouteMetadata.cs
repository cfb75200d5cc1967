namespace SeqServe.Api.Pipeline.Metadata;

/// <summary>
/// The route asks for no API key, or asks for it by itself. A route that does not say so needs one while keys are configured: who forgets it has a closed
/// route.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class AllowWithoutKeyAttribute : Attribute;

/// <summary>While API keys are configured, only one with <c>Admin</c> may use the route.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class AdminOnlyAttribute : Attribute;

/// <summary>
/// The route is not part of the service: its requests are neither counted nor timed, and a shutdown does not wait for them. A route that does not say so is
/// counted.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class UncountedAttribute : Attribute;

/// <summary>Machines ask the route every few seconds: its log lines are of level Debug, and it leaves no span.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class ProbeAttribute : Attribute;

/// <summary>A request of the server to itself: it needs no key, is counted as what it is, and leaves no line. No client can set it.</summary>
internal sealed class WarmUpFeature
{
    /// <summary>The only one.</summary>
    public static WarmUpFeature Instance { get; } = new();
}

/// <summary>How the pipeline treats a request, from the metadata of its route. A request without a route is answered with 404 whatever it is.</summary>
internal static class RouteMetadata
{
    /// <summary>Whether the request needs an API key while keys are configured.</summary>
    public static bool NeedsKey(this HttpContext context) =>
        context.GetEndpoint() is { } route && (!route.Has<AllowWithoutKeyAttribute>() || route.Has<AdminOnlyAttribute>());

    /// <summary>Whether the request is counted and timed, and a shutdown waits for it.</summary>
    public static bool IsCounted(this HttpContext context) => context.GetEndpoint() is { } route && !route.Has<UncountedAttribute>();

    /// <summary>Whether the request is one of those that come every few seconds.</summary>
    public static bool IsProbe(this HttpContext context) => context.GetEndpoint() is { } route && route.Has<ProbeAttribute>();

    /// <summary>Whether the server sent the request itself.</summary>
    public static bool IsWarmUp(this HttpContext context) => context.Features.Get<WarmUpFeature>() is not null;

    /// <summary>Opens a route that is not part of the service: without a key, and not counted.</summary>
    public static TBuilder AsOpen<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new AllowWithoutKeyAttribute(), new UncountedAttribute());

    /// <summary>Opens a route that machines ask every few seconds.</summary>
    public static TBuilder AsProbe<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.AsOpen().WithMetadata(new ProbeAttribute());

    private static bool Has<TAttribute>(this Endpoint route)
        where TAttribute : class => route.Metadata.GetMetadata<TAttribute>() is not null;
}

/// <summary>Which queue the requests of a route wait in; the model that it belongs to is the task's default, or the one that the body names.</summary>
/// <param name="task">The task of the route's models.</param>
/// <param name="operation">The name of the models' queue.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class QueueAttribute(string task, string operation) : Attribute
{
    /// <summary>The task of the route's models.</summary>
    public string Task => task;

    /// <summary>The name of the models' queue.</summary>
    public string Operation => operation;
}
