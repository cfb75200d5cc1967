using Microsoft.AspNetCore.Cors.Infrastructure;
using SeqServe.Api.Errors;

namespace SeqServe.Api.Security;

/// <summary>
/// Refuses what a page of another site sends through a browser, on all routes but those with a CORS policy: without it any page could unload the models of a
/// server on its reader's own machine. Browsers say where a request comes from in <c>Sec-Fetch-Site</c>, older ones in <c>Origin</c>; other clients send
/// neither. Following a link to a page is no request of that page.
/// </summary>
internal sealed class CrossSiteMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        IsOfAnotherSite(context.Request) && context.GetEndpoint()?.Metadata.GetMetadata<ICorsMetadata>() is null
            ? FailureWriter.WriteAsync(context, new Failure(ProblemKinds.CrossSite, ProblemKinds.CrossSite.Example))
            : next(context);

    /// <summary>Whether a browser sent the request for a page of another site.</summary>
    internal static bool IsOfAnotherSite(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers.TryGetValue("Sec-Fetch-Site", out var site))
            return !IsOneOf(site, "same-origin", "none") && !(HttpMethods.IsGet(request.Method) && IsOneOf(headers["Sec-Fetch-Mode"], "navigate"));
        // The scheme is left out: a proxy that ends TLS passes the host on, and not always the scheme.
        string? origin = headers.Origin;
        return origin is not null && !IsOf(origin, request.Host);
    }

    private static bool IsOf(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase);

    private static bool IsOneOf(string? value, params ReadOnlySpan<string> values)
    {
        foreach (var known in values)
        {
            if (string.Equals(value, known, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
