namespace SeqServe.Api.Facades.OpenInference;

/// <summary>Most parts of a request, over REST and gRPC: what they take in memory is many times what they take in its bytes.</summary>
internal static class RequestLimits
{
    /// <summary>Most inputs, and most outputs.</summary>
    public const int MaxTensors = 1024;

    /// <summary>Most axes of a shape; far more than any graph has.</summary>
    public const int MaxAxes = 64;

    /// <summary>Most characters of the name of a tensor; far more than exporters give.</summary>
    public const int MaxNameLength = 1024;

    /// <summary>Most parameters of a request or of one of its tensors.</summary>
    public const int MaxParameters = 256;
}
