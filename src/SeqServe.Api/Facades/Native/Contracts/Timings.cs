using SeqServe.Core.Diagnostics;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>Where a request's time went; also in the header <c>Server-Timing</c>.</summary>
/// <param name="TokenizeMs" example="0.05">Tokenization of all texts, in milliseconds.</param>
/// <param name="QueueMs" example="0.03">Longest wait of a text for its batch.</param>
/// <param name="ComputeMs" example="0.61">Longest run that a text was part of.</param>
/// <param name="BatchSize" example="1">Rows of the largest batch that a text was part of, other requests' texts included.</param>
public readonly record struct Timings(double TokenizeMs, double QueueMs, double ComputeMs, int BatchSize)
{
    internal static Timings From(InferenceTimings timings) =>
        new(Milliseconds(timings.Tokenize), Milliseconds(timings.Queue), Milliseconds(timings.Compute), timings.BatchSize);

    // A microsecond is as fine as the clock is worth.
    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
