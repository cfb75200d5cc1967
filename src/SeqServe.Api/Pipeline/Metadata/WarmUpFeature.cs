namespace SeqServe.Api.Pipeline.Metadata;

/// <summary>A request of the server to itself: it needs no key, is counted as what it is, and leaves no line. No client can set it.</summary>
internal sealed class WarmUpFeature
{
    /// <summary>The only one.</summary>
    public static WarmUpFeature Instance { get; } = new();
}

/// <summary>Tells such requests from those of clients.</summary>
internal static class WarmUpRequests
{
    /// <summary>Whether the server sent it itself.</summary>
    public static bool IsWarmUp(this HttpContext context) => context.Features.Get<WarmUpFeature>() is not null;
}
