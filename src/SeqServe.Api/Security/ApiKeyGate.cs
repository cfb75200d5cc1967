using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Errors;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;

namespace SeqServe.Api.Security;

/// <summary>While API keys are configured, lets in only requests with a known key, each within its rate.</summary>
public sealed class ApiKeyGate
{
    private const string Header = "X-Api-Key";
    private const string Scheme = "Bearer ";
    private const string Closed = "Loading and unloading models is closed on this server: configure an API key with \"Admin\": true and send it, or start "
        + "the server with SeqServe__OpenAdmin=true.";

    private readonly ApiKeys _keys;

    private readonly bool _isAdminOpen;

    internal ApiKeyGate(ApiKeys keys, bool isAdminOpen) => (_keys, _isAdminOpen) = (keys, isAdminOpen);

    /// <summary>Whether a key is needed.</summary>
    public bool IsClosed => _keys.Any;

    /// <summary>Lets a request in, or refuses it.</summary>
    /// <param name="context">The request; its headers may hold the key.</param>
    /// <param name="sent">A key that came by another way, or null.</param>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.Unauthorized"/>, <see cref="ServingErrorCode.Forbidden"/> or <see
    /// cref="ServingErrorCode.RateLimited"/>.</exception>
    public void Admit(HttpContext context, string? sent = null)
    {
        if (context.IsWarmUp())
            return;
        var isForAdmins = context.GetEndpoint()?.Metadata.GetMetadata<AdminOnlyAttribute>() is not null;
        if (!_keys.Any && isForAdmins && !_isAdminOpen)
            throw new ServingException(ServingErrorCode.Forbidden, Closed);
        if (!_keys.Any)
            return;
        var key = _keys.Find(string.IsNullOrEmpty(sent) ? Sent(context.Request) : sent)
            ?? throw new ServingException(ServingErrorCode.Unauthorized, "Send a known key as \"Authorization: Bearer <key>\" or \"X-Api-Key: <key>\".");
        if (isForAdmins && !key.IsAdmin)
            throw new ServingException(ServingErrorCode.Forbidden, ProblemKinds.Forbidden.Example);
        context.Features.Set(key.Holder);
        using var lease = key.Limiter.AttemptAcquire();
        if (lease.IsAcquired)
            return;
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        var message = $"The key may send {key.RequestsPerMinute} requests a minute. Retry after the time in Retry-After.";
        throw new ServingException(ServingErrorCode.RateLimited, message) { RetryAfter = wait };
    }

    /// <summary>Whether a request would be let in but for its key's rate, of which this takes nothing.</summary>
    /// <param name="context">The request; its headers may hold the key.</param>
    public bool Knows(HttpContext context) => !_keys.Any || _keys.Find(Sent(context.Request)) is not null;

    /// <summary>
    /// Whom the sequences belong to that a request begins: the holder of the key it was let in with, or all callers where no keys are configured.
    /// </summary>
    internal static SequenceHolder HolderOf(HttpContext context) => context.Features.Get<SequenceHolder>() ?? SequenceHolder.Only;

    private static string Sent(HttpRequest request)
    {
        string? authorization = request.Headers.Authorization;
        return authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true
            ? authorization[Scheme.Length..].Trim()
            : request.Headers[Header].ToString();
    }
}

/// <summary>Asks for a key before anything of a request is read, over every protocol alike, unless the route says that it is open.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ApiKeyGate gate)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.NeedsKey())
            gate.Admit(context);
        return next(context);
    }
}

/// <summary>The configured keys. They are kept as hashes, and every one is compared, so that neither memory nor time gives a key away.</summary>
internal sealed class ApiKeys : IDisposable
{
    private readonly List<ApiKey> _keys = [];

    public ApiKeys(IOptions<SeqServeOptions> options)
    {
        var all = options.Value.ApiKeys;
        foreach (var (holder, key) in all)
            _keys.Add(new ApiKey(Hash(key.Key), key.RequestsPerMinute, key.Admin) { Holder = new SequenceHolder(holder, all.Count) });
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

    /// <summary>Whom the sequences belong to that are begun with it.</summary>
    public SequenceHolder Holder { get; init; } = SequenceHolder.Only;

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
