using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks.LanguageModeling.States;

/// <summary>
/// Recurrent states as opaque texts that a client carries away and brings back, to this server or to another with the same key. In base64url:
/// format (1 byte), length of the model's name (1), the name in UTF-8, version (4, little-endian as all), checksum of the version's files (8), position (4),
/// state (4 each), HMAC-SHA256 of it all (32). A server keeps nothing of it.
/// </summary>
/// <param name="key">The secret it is signed with.</param>
public sealed class StateTokens(StateKey key)
{
    private const byte Format = 1;
    private const int ChecksumSize = 8;

    /// <summary>Writes a state down.</summary>
    public string Write(PortableState state, ServedLanguageModel model)
    {
        var origin = Origin(model);
        var values = MemoryMarshal.AsBytes(state.Values.AsSpan());
        var token = new byte[origin.Length + sizeof(int) + values.Length + HMACSHA256.HashSizeInBytes];
        origin.CopyTo(token, 0);
        var rest = token.AsSpan(origin.Length);
        BinaryPrimitives.WriteInt32LittleEndian(rest, state.Position);
        values.CopyTo(rest[sizeof(int)..]);
        var signed = token.AsSpan(0, token.Length - HMACSHA256.HashSizeInBytes);
        HMACSHA256.HashData(key.Secret, signed, token.AsSpan(signed.Length));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Reads a state that was written for this version of this model.</summary>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.InvalidRequest"/>: it was cut or changed, or signed with another key; <see cref="ServingErrorCode.StateMismatch"/>: it is of
    /// another model, version or export.
    /// </exception>
    public PortableState Read(string token, ServedLanguageModel model)
    {
        var signed = Verify(token);
        var origin = Origin(model);
        if (!signed.StartsWith(origin))
            throw ServingException.ForField(
                ServingErrorCode.StateMismatch, "state",
                $"was made by {NameOf(signed)}, this is {model.Manifest.Name} version {model.Version}; "
                + "send it to the model it came from, or send the whole text without a state");
        var rest = signed[origin.Length..];
        var values = new float[model.StateSize];
        // A version whose files carry no checksums may have been replaced by one of another size.
        if (rest.Length != sizeof(int) + (values.Length * sizeof(float)))
            throw ServingException.ForField(ServingErrorCode.StateMismatch, "state", "is of another export of this model; send the whole text without a state");
        rest[sizeof(int)..].CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return new PortableState(BinaryPrimitives.ReadInt32LittleEndian(rest), values);
    }

    private ReadOnlySpan<byte> Verify(string token)
    {
        byte[] bytes;
        try
        {
            bytes = Base64Url.DecodeFromChars(token);
        }
        catch (FormatException)
        {
            throw Unreadable();
        }

        if (bytes.Length <= HMACSHA256.HashSizeInBytes)
            throw Unreadable();
        var signed = bytes.AsSpan(0, bytes.Length - HMACSHA256.HashSizeInBytes);
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key.Secret, signed), bytes.AsSpan(signed.Length)))
            throw Unreadable();
        return signed;
    }

    private static ServingException Unreadable() => ServingException.ForField(
        ServingErrorCode.InvalidRequest, "state", "is cut or changed, or was signed with another SeqServe__StateKey; send a state exactly as it was received");

    private static byte[] Origin(ServedLanguageModel model)
    {
        var name = Encoding.UTF8.GetBytes(model.Manifest.Name);
        var origin = new byte[2 + name.Length + sizeof(int) + ChecksumSize];
        origin[0] = Format;
        origin[1] = (byte)name.Length;
        name.CopyTo(origin, 2);
        BinaryPrimitives.WriteInt32LittleEndian(origin.AsSpan(2 + name.Length), model.Version);
        Checksum(model).CopyTo(origin.AsSpan(2 + name.Length + sizeof(int)));
        return origin;
    }

    // Of the checksums in the manifest, which were verified when the version was loaded.
    private static ReadOnlySpan<byte> Checksum(ServedLanguageModel model)
    {
        var prefix = $"{model.Version}/";
        var files = model.Manifest.Files.Where(f => f.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(f => f.Key, StringComparer.Ordinal);
        return SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', files.Select(f => $"{f.Key} {f.Value}")))).AsSpan(0, ChecksumSize);
    }

    // Signed by this server, so its lengths can be trusted.
    private static string NameOf(ReadOnlySpan<byte> signed) =>
        $"{Encoding.UTF8.GetString(signed.Slice(2, signed[1]))} version {BinaryPrimitives.ReadInt32LittleEndian(signed[(2 + signed[1])..])}";
}

/// <summary>All that a recurrent model knows of what it has read.</summary>
/// <param name="Position">Tokens read so far.</param>
/// <param name="Values">The state of one row, as <see cref="Backends.IDecoderRows.CopyState"/> gives it.</param>
public sealed record PortableState(int Position, float[] Values);
