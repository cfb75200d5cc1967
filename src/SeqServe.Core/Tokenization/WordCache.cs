namespace SeqServe.Core.Tokenization;

/// <summary>
/// Ids of the words seen last: texts repeat their words, and a lookup costs a fraction of merging it again. A fixed number of places, one per hash;
/// a new word replaces the one that was there. Safe for concurrent use: an entry never changes, and places are swapped whole.
/// </summary>
internal sealed class WordCache
{
    /// <summary>Longer words are rare and would only push out short ones.</summary>
    internal const int LongestWord = 32;

    // 4096 places hold nine of ten words of running English and at most some 0.6 MB.
    private const int Places = 4096;

    private readonly Entry?[] _entries = new Entry?[Places];

    /// <summary>Finds a word.</summary>
    /// <returns>Its ids, or empty when it is not there.</returns>
    public ReadOnlySpan<int> Find(ReadOnlySpan<char> word) =>
        Volatile.Read(ref _entries[Place(word)]) is { } entry && word.SequenceEqual(entry.Word) ? entry.Ids : [];

    /// <summary>Keeps a word, unless it is long.</summary>
    public void Keep(ReadOnlySpan<char> word, ReadOnlySpan<int> ids)
    {
        if (word.Length <= LongestWord)
            Volatile.Write(ref _entries[Place(word)], new Entry(word.ToString(), ids.ToArray()));
    }

    private static int Place(ReadOnlySpan<char> word) => string.GetHashCode(word) & (Places - 1);

    private sealed record Entry(string Word, int[] Ids);
}
