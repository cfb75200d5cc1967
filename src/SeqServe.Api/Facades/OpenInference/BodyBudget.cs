using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference;

/// <summary>
/// The memory of all requests that are being read and answered, in bytes. Each request counts what it takes before it takes it, so that many large ones are
/// refused instead of ending the process.
/// </summary>
/// <param name="limit">Most bytes of all requests together.</param>
internal sealed class BodyBudget(long limit)
{
    // A JSON body of numbers may need five times its size: itself, and elements of 8 bytes for every 2 characters.
    private const int MaxBodies = 8;

    // As much as one request of the default size, however small bodies must be.
    private const long MinLimit = 64L << 20;

    private long _reserved;

    /// <summary>Most bytes of all requests together.</summary>
    public long Limit => limit;

    /// <summary>Bytes that requests take now.</summary>
    public long Reserved => Interlocked.Read(ref _reserved);

    /// <summary>The limit that follows from the size of one body: eight of the largest, and at most half of the memory there is.</summary>
    /// <param name="maxBodyBytes">Most bytes of one body.</param>
    /// <param name="memory">Bytes that the process may use.</param>
    public static long LimitOf(long maxBodyBytes, long memory) => Math.Min(Math.Max(MaxBodies * maxBodyBytes, MinLimit), memory / 2);

    /// <summary>Begins to count for a request.</summary>
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

/// <summary>What one request takes of the <see cref="BodyBudget"/>. Dispose it when the request has ended. Used by one thread at a time.</summary>
internal sealed class BodyReservation(BodyBudget budget) : IDisposable
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Bytes that the request takes now.</summary>
    public long Held { get; private set; }

    /// <summary>Counts memory that is about to be taken.</summary>
    /// <param name="bytes">How much.</param>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.Overloaded"/> while other requests take what there is; <see cref="ServingErrorCode.PayloadTooLarge"/> for a request that
    /// would never fit.
    /// </exception>
    public void Add(long bytes)
    {
        if (Held + bytes > budget.Limit)
        {
            throw new ServingException(
                ServingErrorCode.PayloadTooLarge,
                $"The request needs more than the {budget.Limit} bytes of memory this server has for requests; send fewer or smaller tensors.");
        }

        if (!budget.TryReserve(bytes))
        {
            throw new ServingException(
                ServingErrorCode.Overloaded,
                $"Other requests take the {budget.Limit} bytes of memory this server has for requests. Retry after the time in Retry-After.")
            {
                RetryAfter = s_retryAfter,
            };
        }

        Held += bytes;
    }

    /// <summary>Counts memory that was given back.</summary>
    public void Remove(long bytes)
    {
        Held -= bytes;
        budget.Release(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => Remove(Held);
}
