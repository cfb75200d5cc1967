namespace SeqServe.Core.Diagnostics;

/// <summary>What is known of a request so far: filled by the use case, read by log line, metrics and headers, also when the request failed half-way.</summary>
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

/// <summary>Where the time of one request went: measured once, read by response, header, span, log line and metrics.</summary>
/// <param name="Tokenize">Tokenization of all its texts.</param>
/// <param name="Queue">Longest wait of its rows for a batch.</param>
/// <param name="Compute">Longest run that its rows were part of.</param>
/// <param name="BatchSize">Rows of the largest batch that its rows were part of, other requests' rows included.</param>
public readonly record struct InferenceTimings(TimeSpan Tokenize, TimeSpan Queue, TimeSpan Compute, int BatchSize);
