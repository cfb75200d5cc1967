using System.Text;

namespace SeqServe.Tokenizers.Models;

/// <summary>The tokens that a word begins as: one for each character, or what stands for it where the vocabulary lacks it.</summary>
internal sealed class BpeCharacters
{
    private const int LongestAffix = 32;
    // The letters of byte-level vocabularies end before this one.
    private const int Direct = 0x180;

    private readonly Vocabulary _vocabulary;
    private readonly BpeOptions _options;
    private readonly ByteTokens _bytes;
    private readonly int[] _direct = new int[Direct];
    private readonly bool _hasAffixes;
    private readonly int _affixBytes;
    private readonly int _unknown;

    /// <summary>Makes them.</summary>
    /// <exception cref="InvalidDataException">The prefix or suffix is longer than any vocabulary has.</exception>
    public BpeCharacters(Vocabulary vocabulary, BpeOptions options)
    {
        _vocabulary = vocabulary;
        _options = options;
        _bytes = new ByteTokens(vocabulary);
        _hasAffixes = options.ContinuingSubwordPrefix.Length + options.EndOfWordSuffix.Length > 0;
        _affixBytes = Encoding.UTF8.GetByteCount(options.ContinuingSubwordPrefix) + Encoding.UTF8.GetByteCount(options.EndOfWordSuffix);
        if (options.ContinuingSubwordPrefix.Length > LongestAffix || options.EndOfWordSuffix.Length > LongestAffix)
            throw new InvalidDataException($"A prefix or suffix of the BPE model is longer than {LongestAffix} characters.");
        _unknown = options.UnknownToken is { } token ? vocabulary.Find(token) : -1;
        for (var unit = 0; unit < Direct; unit++)
            _direct[unit] = vocabulary.Find([(char)unit]);
    }

    /// <summary>Whether each character becomes at least one token.</summary>
    public bool LosesNone => _options.UnknownToken is not null || (_options.ByteFallback && _bytes.AreComplete);

    /// <summary>The tokens of a word whose characters are all known; lengths in UTF-16 units.</summary>
    /// <param name="word">The word.</param>
    /// <param name="symbols">Where they go; as long as the word at least.</param>
    /// <returns>How many; -1 where a character is unknown.</returns>
    public int TryFill(ReadOnlySpan<char> word, Span<BpeSymbol> symbols)
    {
        var count = 0;
        for (var at = 0; at < word.Length;)
        {
            var length = LengthOfCharacter(word, at);
            var id = Find(word, at, length);
            if (id < 0)
                return -1;
            symbols[count++] = new BpeSymbol(id, length);
            at += length;
        }

        return count;
    }

    /// <summary>An upper bound of what <see cref="FillBytes"/> writes.</summary>
    public int MostSymbols(ReadOnlySpan<char> word) =>
        checked(Encoding.UTF8.GetByteCount(word) + (_options.ByteFallback ? word.Length * _affixBytes : 0));

    /// <summary>The tokens of any word; lengths in bytes of UTF-8.</summary>
    /// <param name="word">The word.</param>
    /// <param name="symbols">Where they go; <see cref="MostSymbols"/> at least.</param>
    /// <returns>How many.</returns>
    /// <exception cref="InvalidDataException">The unknown token is needed and missing.</exception>
    public int FillBytes(ReadOnlySpan<char> word, Span<BpeSymbol> symbols)
    {
        var count = 0;
        // Unknown characters wait for the next known one: that those of bytes overtake them is the reference's way.
        var waiting = 0;
        for (var at = 0; at < word.Length;)
        {
            var length = LengthOfCharacter(word, at);
            var id = Find(word, at, length);
            var bytes = Encoding.UTF8.GetByteCount(word.Slice(at, length));
            if (id >= 0)
            {
                Flush(symbols, ref count, ref waiting);
                symbols[count++] = new BpeSymbol(id, bytes);
            }
            else if (!TryFillFallback(word, at, length, symbols, ref count) && _options.UnknownToken is { } token)
            {
                if (_unknown < 0)
                    throw MissingToken.Unknown("BPE", token);
                if (!_options.FuseUnknown)
                    Flush(symbols, ref count, ref waiting);
                waiting += bytes;
            }

            at += length;
        }

        Flush(symbols, ref count, ref waiting);
        return count;
    }

    private static int LengthOfCharacter(ReadOnlySpan<char> word, int at) => char.IsHighSurrogate(word[at]) && at + 1 < word.Length ? 2 : 1;

    private void Flush(Span<BpeSymbol> symbols, ref int count, ref int waiting)
    {
        if (waiting > 0)
            symbols[count++] = new BpeSymbol(_unknown, waiting);
        waiting = 0;
    }

    private bool TryFillFallback(ReadOnlySpan<char> word, int at, int length, Span<BpeSymbol> symbols, ref int count)
    {
        if (!_options.ByteFallback)
            return false;
        Span<char> text = stackalloc char[2 + (2 * LongestAffix)];
        Span<byte> bytes = stackalloc byte[3 * (2 + (2 * LongestAffix))];
        var used = bytes[..Encoding.UTF8.GetBytes(Decorate(word, at, length, text), bytes)];
        if (!_bytes.HaveAll(used))
            return false;
        foreach (var value in used)
            symbols[count++] = new BpeSymbol(_bytes[value], 1);
        return true;
    }

    private int Find(ReadOnlySpan<char> word, int at, int length)
    {
        if (_hasAffixes)
        {
            Span<char> text = stackalloc char[2 + (2 * LongestAffix)];
            return _vocabulary.Find(Decorate(word, at, length, text));
        }

        return word[at] < Direct ? _direct[word[at]] : _vocabulary.Find(word.Slice(at, length));
    }

    private ReadOnlySpan<char> Decorate(ReadOnlySpan<char> word, int at, int length, Span<char> text)
    {
        var prefix = at > 0 ? _options.ContinuingSubwordPrefix : "";
        var suffix = at + length == word.Length ? _options.EndOfWordSuffix : "";
        prefix.CopyTo(text);
        word.Slice(at, length).CopyTo(text[prefix.Length..]);
        suffix.CopyTo(text[(prefix.Length + length)..]);
        return text[..(prefix.Length + length + suffix.Length)];
    }
}
