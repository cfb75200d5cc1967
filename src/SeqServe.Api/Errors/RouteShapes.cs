using Microsoft.AspNetCore.Routing.Template;

namespace SeqServe.Api.Errors;

/// <summary>
/// The shape of failures on a path, whatever the method: for answers that routing gives in place of the endpoint, a wrong method or media type.
/// </summary>
internal sealed class RouteShapes(EndpointDataSource endpoints)
{
    private readonly Lazy<(TemplateMatcher Path, ErrorShapeAttribute Shape)[]> _shapes = new(() => [.. Shapes(endpoints)]);

    /// <summary>The shape of the routes at a path; null where none says.</summary>
    public ErrorShapeAttribute? Find(PathString path)
    {
        foreach (var (matcher, shape) in _shapes.Value)
        {
            if (matcher.TryMatch(path, []))
                return shape;
        }

        return null;
    }

    private static IEnumerable<(TemplateMatcher Path, ErrorShapeAttribute Shape)> Shapes(EndpointDataSource endpoints)
    {
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<ErrorShapeAttribute>() is { } shape)
                yield return (new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []), shape);
        }
    }
}
