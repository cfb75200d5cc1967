using SeqServe.Core.Diagnostics;

namespace SeqServe.Api.Contracts;

/// <summary>Where a request's time went; also in the header <c>Server-Timing</c>.</summary>
/// <param name="TokenizeMs">Tokenization of all texts, in milliseconds. <example>0.05</example></param>
/// <param name="QueueMs">Longest wait of a text for its batch. <example>0.03</example></param>
/// <param name="ComputeMs">Longest run that a text was part of. <example>0.61</example></param>
/// <param name="BatchSize">Rows of the largest batch that a text was part of, other requests' texts included. <example>1</example></param>
public readonly record struct Timings(double TokenizeMs, double QueueMs, double ComputeMs, int BatchSize)
{
    internal static Timings From(InferenceTimings timings) =>
        new(Milliseconds(timings.Tokenize), Milliseconds(timings.Queue), Milliseconds(timings.Compute), timings.BatchSize);

    // A microsecond is as fine as the clock is worth.
    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
