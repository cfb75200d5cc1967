using System.Threading.RateLimiting;

namespace SeqServe.Api.Security;

/// <summary>A key and what it has left of its rate.</summary>
internal sealed class ApiKey : IDisposable
{
    private const int Minute = 60;

    public ApiKey(ReadOnlyMemory<byte> hash, int? requestsPerMinute, bool isAdmin = false)
    {
        IsAdmin = isAdmin;
        Hash = hash;
        RequestsPerMinute = requestsPerMinute;
        Limiter = requestsPerMinute is { } rate ? Bucket(rate) : Unlimited();
    }

    /// <summary>SHA-256 of the key.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>Whether it may load and unload models.</summary>
    public bool IsAdmin { get; }

    public int? RequestsPerMinute { get; }

    public RateLimiter Limiter { get; }

    public void Dispose() => Limiter.Dispose();

    // A minute's worth may come at once; after that it refills evenly, at most once a second.
    private static TokenBucketRateLimiter Bucket(int rate)
    {
        var tokens = Math.Max(1, rate / Minute);
        return new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = rate,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)Minute * tokens / rate),
            QueueLimit = 0,
            AutoReplenishment = true,
        });
    }

    private static ConcurrencyLimiter Unlimited() => new(new ConcurrencyLimiterOptions { PermitLimit = int.MaxValue, QueueLimit = 0 });
}
