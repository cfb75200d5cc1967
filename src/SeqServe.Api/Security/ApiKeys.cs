using System.Security.Cryptography;
using System.Text;
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
