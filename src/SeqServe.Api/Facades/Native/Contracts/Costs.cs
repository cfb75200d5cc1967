using SeqServe.Core.Diagnostics;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>What a request cost.</summary>
/// <param name="InputTokens" example="9">Tokens of all texts.</param>
public readonly record struct Usage(int InputTokens);

/// <summary>What a request that makes text cost.</summary>
/// <param name="InputTokens" example="6">Tokens of all its texts.</param>
/// <param name="OutputTokens" example="7">Tokens of all answers.</param>
public sealed record TokenUsage(int InputTokens, int OutputTokens);

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
