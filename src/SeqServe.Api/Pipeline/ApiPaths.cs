using SeqServe.Api.Facades.LibreTranslate;
using SeqServe.Api.Facades.OpenInference.Grpc;
using SeqServe.Api.Facades.OpenInference.Rest;

namespace SeqServe.Api.Pipeline;

/// <summary>Which paths are the API's: they are counted, timed, and waited for at a shutdown.</summary>
internal static class ApiPaths
{
    private static readonly PathString[] s_roots = ["/v1", OpenInferenceSetup.Root, GrpcSetup.Path, .. LibreTranslateSetup.Paths];

    public static bool Contains(PathString path)
    {
        if (path.StartsWithSegments(OpenInferenceSetup.Health, StringComparison.OrdinalIgnoreCase))
            return false;
        foreach (var root in s_roots)
        {
            if (path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
