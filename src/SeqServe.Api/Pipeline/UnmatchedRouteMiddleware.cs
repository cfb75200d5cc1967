using SeqServe.Api.Facades;
using SeqServe.Api.Pipeline.Metadata;

namespace SeqServe.Api.Pipeline;

/// <summary>
/// Gives a request for which a facade has no route, or none for its method or media type, an endpoint with the facade's metadata. So it is guarded, counted
/// and refused as the facade's routes are, and the rest of the pipeline reads nothing but metadata. Outside of the facades such a request is no part of the
/// service.
/// </summary>
internal sealed class UnmatchedRouteMiddleware
{
    private static readonly EndpointMetadataCollection s_outside = new(new AllowWithoutKeyAttribute(), new UncountedAttribute());

    private readonly RequestDelegate _next;
    private readonly (PathString Path, Endpoint Endpoint)[] _paths;
    private readonly (string MediaType, Endpoint Endpoint)[] _mediaTypes;

    public UnmatchedRouteMiddleware(RequestDelegate next, IEnumerable<IFacade> facades)
    {
        _next = next;
        // The longest first: one facade may lie within another.
        var paths = facades.SelectMany(facade => facade.Paths.Select(path => (Path: path, Endpoint: Endpoint(NotFound, facade.Metadata, path))));
        _paths = [.. paths.OrderByDescending(path => path.Path.Value!.Length)];
        _mediaTypes = [.. facades.Where(facade => facade.MediaType is not null)
            .Select(facade => (facade.MediaType!, Endpoint(NotFound, facade.Metadata, facade.Paths[0])))];
    }

    public Task InvokeAsync(HttpContext context)
    {
        // Routing answers a wrong method or media type with an endpoint of its own, which has neither a route nor metadata.
        if (context.GetEndpoint() is not { } endpoint)
            context.SetEndpoint(Find(context.Request));
        else if (endpoint is not RouteEndpoint)
            context.SetEndpoint(new Endpoint(endpoint.RequestDelegate, Find(context.Request)?.Metadata ?? s_outside, endpoint.DisplayName));
        return _next(context);
    }

    private Endpoint? Find(HttpRequest request)
    {
        foreach (var (path, endpoint) in _paths)
        {
            if (request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase))
                return endpoint;
        }

        foreach (var (mediaType, endpoint) in _mediaTypes)
        {
            if (request.ContentType?.StartsWith(mediaType, StringComparison.OrdinalIgnoreCase) == true)
                return endpoint;
        }

        return null;
    }

    private static Endpoint Endpoint(RequestDelegate answer, IReadOnlyList<object> metadata, PathString path) =>
        new(answer, new EndpointMetadataCollection(metadata), $"No route below {path}");

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
