namespace SeqServe.Core.Diagnostics;

/// <summary>Where the time of one request went: measured once, read by response, header, span, log line and metrics.</summary>
/// <param name="Tokenize">Tokenization of all its texts.</param>
/// <param name="Queue">Longest wait of its rows for a batch.</param>
/// <param name="Compute">Longest run that its rows were part of.</param>
/// <param name="BatchSize">Rows of the largest batch that its rows were part of, other requests' rows included.</param>
public readonly record struct InferenceTimings(TimeSpan Tokenize, TimeSpan Queue, TimeSpan Compute, int BatchSize);
