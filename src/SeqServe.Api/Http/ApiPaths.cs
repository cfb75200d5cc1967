using SeqServe.Api.LibreTranslate;

namespace SeqServe.Api.Http;

/// <summary>Which paths are the API's: they are counted, timed, and waited for at a shutdown.</summary>
internal static class ApiPaths
{
    private static readonly PathString[] s_roots = ["/v1", .. LibreTranslateSetup.Paths];

    public static bool Contains(PathString path)
    {
        foreach (var root in s_roots)
        {
            if (path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
