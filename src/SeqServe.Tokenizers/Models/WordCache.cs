using System.Runtime.InteropServices;

namespace SeqServe.Tokenizers.Models;

/// <summary>
/// The tokens of the words seen last: texts repeat their words, and looking one up costs a fraction of cutting it again. A fixed number of places, two per
/// hash; a new word replaces the older one. Safe for concurrent use without locks: an entry never changes, and places are swapped whole.
/// </summary>
internal sealed class WordCache
{
    /// <summary>Length of the longest word that is kept, in UTF-16 units: longer ones are rare and would only push out short ones.</summary>
    public const int LongestWord = 48;

    // With one place per hash, of 8,000 words in 16,384 places four of ten would share theirs. At most some 5 MB.
    private const int Places = 32_768;

    // An entry is one array, since each further object would be a further wait for memory: length of the word, its units in pairs, its tokens.
    private const int Head = 1;
    private const int NumbersOfToken = 3;

    private readonly int[]?[] _entries = new int[Places][];

    /// <summary>Appends the tokens of a word that is known.</summary>
    /// <param name="word">The word.</param>
    /// <param name="offset">What is added to its tokens' positions.</param>
    /// <param name="tokens">Where they go.</param>
    /// <returns>False, with nothing appended, where the word is not there.</returns>
    public bool TryAppend(ReadOnlySpan<char> word, int offset, TokenList tokens)
    {
        if (word.Length > LongestWord)
            return false;
        var place = Place(word);
        var entry = Volatile.Read(ref _entries[place]);
        if (entry is null)
            return false;
        if (!word.SequenceEqual(WordOf(entry)))
        {
            entry = Volatile.Read(ref _entries[place ^ 1]);
            if (entry is null || !word.SequenceEqual(WordOf(entry)))
                return false;
        }

        tokens.Add(MemoryMarshal.Cast<int, ModelToken>(entry.AsSpan(Head + Pairs(word.Length))), offset);
        return true;
    }

    /// <summary>Keeps a word, unless it is long.</summary>
    /// <param name="word">The word.</param>
    /// <param name="offset">What its tokens' positions are too large by.</param>
    /// <param name="tokens">Its tokens.</param>
    public void Keep(ReadOnlySpan<char> word, int offset, ReadOnlySpan<ModelToken> tokens)
    {
        if (word.Length > LongestWord)
            return;
        var tokensAt = Head + Pairs(word.Length);
        var entry = new int[tokensAt + (tokens.Length * NumbersOfToken)];
        entry[0] = word.Length;
        word.CopyTo(MemoryMarshal.Cast<int, char>(entry.AsSpan(Head)));
        var own = MemoryMarshal.Cast<int, ModelToken>(entry.AsSpan(tokensAt));
        for (var i = 0; i < tokens.Length; i++)
            own[i] = new ModelToken(tokens[i].Id, tokens[i].Start - offset, tokens[i].End - offset);
        var place = Place(word);
        Volatile.Write(ref _entries[place ^ 1], Volatile.Read(ref _entries[place]));
        Volatile.Write(ref _entries[place], entry);
    }

    private static ReadOnlySpan<char> WordOf(int[] entry) => MemoryMarshal.Cast<int, char>(entry.AsSpan(Head))[..entry[0]];

    private static int Pairs(int units) => (units + 1) / 2;

    private static int Place(ReadOnlySpan<char> word) => (int)TextHash.Of(word) & (Places - 2);
}
