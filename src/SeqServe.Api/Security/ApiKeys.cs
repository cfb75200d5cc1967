using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;

namespace SeqServe.Api.Security;

/// <summary>The configured keys. They are kept as hashes, and every one is compared, so that neither memory nor time gives a key away.</summary>
internal sealed class ApiKeys : IDisposable
{
    private readonly List<ApiKey> _keys = [];

    public ApiKeys(IOptions<SeqServeOptions> options)
    {
        foreach (var key in options.Value.ApiKeys.Values)
            _keys.Add(new ApiKey(Hash(key.Key), key.RequestsPerMinute, key.Admin));
    }

    /// <summary>Whether a key is needed at all.</summary>
    public bool Any => _keys.Count > 0;

    /// <summary>The key that was sent, or null.</summary>
    public ApiKey? Find(string sent)
    {
        var hash = Hash(sent);
        ApiKey? found = null;
        foreach (var key in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, key.Hash.Span))
                found = key;
        }

        return found;
    }

    public void Dispose() => _keys.ForEach(key => key.Dispose());

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

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
