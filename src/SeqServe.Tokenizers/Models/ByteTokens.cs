using System.Globalization;

namespace SeqServe.Tokenizers.Models;

/// <summary>The tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> of a vocabulary.</summary>
internal sealed class ByteTokens
{
    private readonly int[] _ids = new int[256];

    /// <summary>Looks them up.</summary>
    public ByteTokens(Vocabulary vocabulary)
    {
        for (var value = 0; value < _ids.Length; value++)
            _ids[value] = vocabulary.Find(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"));
        AreComplete = !_ids.Contains(-1);
    }

    /// <summary>Whether there is one for each byte.</summary>
    public bool AreComplete { get; }

    /// <summary>The id of a byte's token, or -1.</summary>
    public int this[byte value] => _ids[value];

    /// <summary>Whether each of these bytes has a token.</summary>
    public bool HaveAll(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (_ids[value] < 0)
                return false;
        }

        return true;
    }
}
