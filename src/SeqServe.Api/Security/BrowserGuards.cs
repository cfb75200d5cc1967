namespace SeqServe.Api.Security;

/// <summary>Headers of an answer that a browser may show: a page, or an error.</summary>
internal static class BrowserGuards
{
    /// <summary>
    /// Keeps a browser from taking the answer for something else than it is, from showing it within another page, and from telling the next site where it came
    /// from.
    /// </summary>
    public static void Add(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "frame-ancestors 'none'";
        response.Headers["Referrer-Policy"] = "no-referrer";
    }
}
