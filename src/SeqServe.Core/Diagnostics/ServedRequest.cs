namespace SeqServe.Core.Diagnostics;

/// <summary>What became known of a request on its way: filled by the use case, read by log line, metrics and headers, also when the request failed half-way.</summary>
public sealed class ServedRequest
{
    /// <summary>The model that took it, or null.</summary>
    public ModelMetrics? Model { get; set; }

    /// <summary>Texts in it.</summary>
    public int Inputs { get; set; }

    /// <summary>Tokens in it.</summary>
    public int InputTokens { get; set; }

    /// <summary>Where its time went, once it was answered.</summary>
    public InferenceTimings? Timings { get; set; }
}
