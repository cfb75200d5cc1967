using SeqServe.Core.Diagnostics;

namespace SeqServe.Api.Requests;

internal static class ServedRequestFeature
{
    /// <summary>What is known of the current request; one object per request, seen by controller and middleware.</summary>
    public static ServedRequest Served(this HttpContext context)
    {
        if (context.Features.Get<ServedRequest>() is { } served)
            return served;
        served = new ServedRequest();
        context.Features.Set(served);
        return served;
    }
}
