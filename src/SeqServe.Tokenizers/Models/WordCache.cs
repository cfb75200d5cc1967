namespace SeqServe.Tokenizers.Models;

/// <summary>
/// The tokens of the words seen last: texts repeat their words, and looking one up costs a fraction of cutting it again. A fixed number of places, one per
/// hash; a new word replaces the one that was there. Safe for concurrent use without locks: an entry never changes, and places are swapped whole.
/// </summary>
internal sealed class WordCache
{
    /// <summary>Length of the longest word that is kept, in UTF-16 units: longer ones are rare and would only push out short ones.</summary>
    public const int LongestWord = 48;

    // Of the words of 1,821 English sentences (7,056 different ones) this many places find 92 of 100 again; at most some 3 MB.
    private const int Places = 16_384;

    private readonly Entry?[] _entries = new Entry?[Places];

    /// <summary>Appends the tokens of a word that is known.</summary>
    /// <param name="word">The word.</param>
    /// <param name="offset">What is added to its tokens' positions.</param>
    /// <param name="tokens">Where they go.</param>
    /// <returns>False, with nothing appended, where the word is not there.</returns>
    public bool TryAppend(ReadOnlySpan<char> word, int offset, TokenList tokens)
    {
        if (word.Length > LongestWord || Volatile.Read(ref _entries[Place(word)]) is not { } entry || !word.SequenceEqual(entry.Word))
            return false;
        foreach (ref readonly var token in entry.Tokens.AsSpan())
            tokens.Add(token.Id, token.Start + offset, token.End + offset);
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
        var own = tokens.ToArray();
        foreach (ref var token in own.AsSpan())
            token = new ModelToken(token.Id, token.Start - offset, token.End - offset);
        Volatile.Write(ref _entries[Place(word)], new Entry(word.ToString(), own));
    }

    private static int Place(ReadOnlySpan<char> word) => (int)TextHash.Of(word) & (Places - 1);

    private sealed class Entry(string word, ModelToken[] tokens)
    {
        public readonly string Word = word;
        public readonly ModelToken[] Tokens = tokens;
    }
}
