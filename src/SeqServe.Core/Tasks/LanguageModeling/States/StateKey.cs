using System.Security.Cryptography;
using System.Text;

namespace SeqServe.Core.Tasks.LanguageModeling.States;

/// <summary>The secret that portable states are signed with.</summary>
public sealed class StateKey
{
    private const int Size = 32;
    private static readonly byte[] s_purpose = "SeqServe portable state 1"u8.ToArray();

    private StateKey(byte[] secret) => Secret = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Size, info: s_purpose);

    internal byte[] Secret { get; }

    /// <summary>The key of a configured text; replicas with the same text read each other's states.</summary>
    public static StateKey Of(string configured) => new(Encoding.UTF8.GetBytes(configured));

    /// <summary>A random key, known to this process only.</summary>
    public static StateKey Generate() => new(RandomNumberGenerator.GetBytes(Size));
}
