using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference;

/// <summary>
/// The memory of all requests of the protocol that are being read or answered, in bytes: their bodies, what is read from them, and over gRPC the most that
/// their parsed messages take. Each request counts memory before it takes it, so that many large requests are refused instead of ending the process. Not
/// counted are answers, what a run needs, and the web server's own buffers over REST.
/// </summary>
/// <param name="limit">Most bytes of all requests together.</param>
internal sealed class BodyBudget(long limit)
{
    // As REST needs for the largest JSON of numbers: itself twice while it arrives, and elements of 8 bytes for every 2 characters, in arrays of powers of two.
    private const int MaxBodies = 8;

    // What one request of the default size may need, however small bodies must be.
    private const long MinLimit = 64L << 20;

    private long _reserved;

    /// <summary>Most bytes of all requests together.</summary>
    public long Limit => limit;

    /// <summary>Bytes that requests hold now; 0 when none is being read or answered.</summary>
    public long Reserved => Interlocked.Read(ref _reserved);

    /// <summary>
    /// The limit that follows from the size of one body: eight times the largest, at least 64 MiB, and never more than half of the memory there is.
    /// </summary>
    /// <param name="maxBodyBytes">Most bytes of one body.</param>
    /// <param name="memory">Bytes that the process may use.</param>
    public static long LimitOf(long maxBodyBytes, long memory) => Math.Min(Math.Max(MaxBodies * maxBodyBytes, MinLimit), memory / 2);

    /// <summary>Begins to count for a request, which holds nothing yet.</summary>
    public BodyReservation Begin() => new(this);

    internal bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _reserved, bytes) <= limit)
            return true;
        Release(bytes);
        return false;
    }

    internal void Release(long bytes) => Interlocked.Add(ref _reserved, -bytes);
}

/// <summary>
/// What one request holds of the <see cref="BodyBudget"/>, until it is disposed: when the request was answered or has failed, or its caller has left. A stream
/// of gRPC gives back what a message held when it reads the next one. Used by one thread at a time.
/// </summary>
internal sealed class BodyReservation(BodyBudget budget) : IDisposable
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Bytes that the request holds now.</summary>
    public long Held { get; private set; }

    /// <summary>Counts memory that is about to be taken; when it throws, what was held before is still held.</summary>
    /// <param name="bytes">How much, 0 or more.</param>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.Overloaded"/>, with the time of a retry, while other requests hold too much for this one to fit;
    /// <see cref="ServingErrorCode.PayloadTooLarge"/>, without one, when it would not fit alone.
    /// </exception>
    public void Add(long bytes)
    {
        if (Held + bytes > budget.Limit)
        {
            throw new ServingException(
                ServingErrorCode.PayloadTooLarge,
                $"The request may need more than the {budget.Limit} bytes of memory this server has for all requests; send fewer or smaller tensors.");
        }

        if (!budget.TryReserve(bytes))
        {
            throw new ServingException(
                ServingErrorCode.Overloaded,
                $"Other requests take too much of the {budget.Limit} bytes of memory this server has for all requests. "
                + "Retry after the time in Retry-After.")
            {
                RetryAfter = s_retryAfter,
            };
        }

        Held += bytes;
    }

    /// <summary>Counts memory that was given back, at most <see cref="Held"/>.</summary>
    public void Remove(long bytes)
    {
        Held -= bytes;
        budget.Release(bytes);
    }

    /// <summary>Gives back what is held; a second time it is nothing.</summary>
    public void Dispose() => Remove(Held);
}
