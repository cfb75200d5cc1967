using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference;

/// <summary>
/// The memory of all outputs of the protocol that wait to be read by their callers, in bytes. Small ones are not counted, since a connection takes them at
/// once: so callers who do not read can take the memory of large answers from others, and nothing from small ones.
/// </summary>
/// <param name="limit">Most bytes of all answers together. One answer that waits alone may have more: its memory is taken by then.</param>
internal sealed class AnswerBudget(long limit)
{
    /// <summary>Most bytes of outputs that are not counted.</summary>
    public const int Small = 64 * 1024;

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    private long _waiting;

    /// <summary>Most bytes of all answers together.</summary>
    public long Limit => limit;

    /// <summary>Bytes that wait now; 0 when no large answer does.</summary>
    public long Waiting => Interlocked.Read(ref _waiting);

    /// <summary>
    /// The limit where none is configured: eight times the largest body, at least 64 MiB, and never more than a quarter of the memory there is.
    /// </summary>
    /// <param name="maxBodyBytes">Most bytes of one body.</param>
    /// <param name="memory">Bytes that the process may use.</param>
    public static long LimitOf(long maxBodyBytes, long memory) => BodyBudget.LimitOf(maxBodyBytes, memory / 2);

    /// <summary>Bytes that outputs take.</summary>
    public static long BytesOf(IEnumerable<Tensor> outputs) => outputs.Sum(static output => output.Size);

    /// <summary>Counts an answer that is about to be written.</summary>
    /// <param name="bytes">Bytes that it takes until then.</param>
    /// <returns>Ends the count; to be disposed when the caller has read the answer, or has left.</returns>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.Overloaded"/>: others wait, and with this one they are too many.</exception>
    public IDisposable? Begin(long bytes)
    {
        if (bytes <= Small)
            return null;
        var all = Interlocked.Add(ref _waiting, bytes);
        if (all <= limit || all == bytes)
            return new Reservation(this, bytes);
        Interlocked.Add(ref _waiting, -bytes);
        throw new ServingException(
            ServingErrorCode.Overloaded,
            $"Answers that wait to be read by other callers take too much of the {limit} bytes this server has for all of them. "
            + "Retry after the time in Retry-After, or ask for fewer outputs.")
        {
            RetryAfter = s_retryAfter,
        };
    }

    private sealed class Reservation(AnswerBudget budget, long bytes) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
                Interlocked.Add(ref budget._waiting, -bytes);
        }
    }
}
