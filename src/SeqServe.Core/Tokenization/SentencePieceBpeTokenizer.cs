using System.Buffers;

namespace SeqServe.Core.Tokenization;

/// <summary>
/// SentencePiece BPE with byte fallback, id for id as the original library encodes it.
/// Own code, since Microsoft.ML.Tokenizers 2.0.1 gives other ids on score ties and none at all for a text of one character (README of this folder).
/// </summary>
public sealed class SentencePieceBpeTokenizer : ITextTokenizer
{
    private const char SpaceMark = '\u2581';

    private readonly TextNormalization _normalization;
    private readonly SpecialTokens _special;
    private readonly BpeMerger _merger;
    private readonly WordCache _words = new();
    private readonly TokenBytes _tokens;
    private readonly bool _addDummyPrefix;
    private readonly bool _wordsAreIndependent;
    private readonly int _longestPiece;

    /// <summary>Makes a tokenizer over a model file's content.</summary>
    /// <exception cref="ArgumentException">A special id is outside of the vocabulary.</exception>
    public SentencePieceBpeTokenizer(SentencePieceModel model, TextNormalization normalization, SpecialTokens special)
    {
        ArgumentNullException.ThrowIfNull(model);
        VocabularySize = model.Pieces.Count;
        if (special.BeginId >= VocabularySize || special.EndId >= VocabularySize)
            throw new ArgumentException($"A begin or end id is outside of the vocabulary of {VocabularySize} pieces.", nameof(special));

        _normalization = normalization;
        _special = special;
        _merger = new BpeMerger(model.Pieces);
        _tokens = new TokenBytes(model.Pieces, SpaceMark);
        _addDummyPrefix = model.AddDummyPrefix;
        _wordsAreIndependent = !model.Pieces.Any(p => p.Text.LastIndexOf(SpaceMark) > 0);
        _longestPiece = model.Pieces.Max(p => p.Text.Length);
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public TokenizedText Encode(string text, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, _special.Count + 1);
        var normalized = TextNormalizer.Normalize(text, _normalization);
        if (normalized.Length == 0)
            return new TokenizedText([], false);

        // One more than the limit shows whether the text fits.
        var wanted = maxTokens - _special.Count + 1;
        var symbols = ArrayPool<char>.Shared.Rent(normalized.Length + 1);
        var ids = ArrayPool<int>.Shared.Rent(wanted);
        try
        {
            var length = MarkSpaces(normalized, symbols);
            var count = EncodeWords(symbols.AsSpan(0, length), ids.AsSpan(0, wanted));
            return Surround(ids.AsSpan(0, Math.Min(count, wanted - 1)), count == wanted);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(symbols);
            ArrayPool<int>.Shared.Return(ids);
        }
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids) => NewSentencePieceDetokenizer().Decode(ids);

    /// <inheritdoc/>
    public IDetokenizer NewDetokenizer(bool continuesText = false) => NewSentencePieceDetokenizer(continuesText);

    private SentencePieceDetokenizer NewSentencePieceDetokenizer(bool continuesText = false) => new(_tokens, _addDummyPrefix && !continuesText);

    /// <inheritdoc/>
    public string TokenText(int id) => _tokens.Text(id);

    private int MarkSpaces(string text, char[] symbols)
    {
        var length = 0;
        if (_addDummyPrefix)
            symbols[length++] = SpaceMark;
        text.AsSpan().Replace(symbols.AsSpan(length), ' ', SpaceMark);
        return length + text.Length;
    }

    /// <summary>Writes ids until the text or the space for them ends; returns how many.</summary>
    private int EncodeWords(ReadOnlySpan<char> symbols, Span<int> ids)
    {
        var count = 0;
        while (!symbols.IsEmpty && count < ids.Length)
        {
            var word = NextWord(symbols);
            symbols = symbols[word.Length..];
            count += EncodeWord(word, ids[count..]);
        }

        return count;
    }

    private int EncodeWord(ReadOnlySpan<char> word, Span<int> ids)
    {
        var known = word.Length <= WordCache.LongestWord ? _words.Find(word) : [];
        if (!known.IsEmpty)
        {
            var fitting = known[..Math.Min(known.Length, ids.Length)];
            fitting.CopyTo(ids);
            return fitting.Length;
        }

        var count = _merger.Encode(Bounded(word, ids.Length), ids);
        // With the space used up, ids may be missing.
        if (count < ids.Length)
            _words.Keep(word, ids[..count]);
        return count;
    }

    // No piece has a space mark inside, so no merge crosses one and words can be encoded one by one: the work stops where the limit is reached.
    private ReadOnlySpan<char> NextWord(ReadOnlySpan<char> symbols)
    {
        if (!_wordsAreIndependent)
            return symbols;
        var next = symbols[1..].IndexOf(SpaceMark);
        return next < 0 ? symbols : symbols[..(next + 1)];
    }

    // A word of a million characters would be merged in full only to be refused. What is cut off lies at least
    // `space` longest pieces behind the start, so at least `space` ids remain.
    private ReadOnlySpan<char> Bounded(ReadOnlySpan<char> word, int space)
    {
        var bound = (long)space * _longestPiece;
        if (word.Length <= bound)
            return word;
        var cut = (int)bound;
        return word[..(char.IsHighSurrogate(word[cut - 1]) ? cut + 1 : cut)];
    }

    private TokenizedText Surround(ReadOnlySpan<int> body, bool truncated)
    {
        var ids = new int[body.Length + _special.Count];
        var start = 0;
        if (_special.BeginId is { } begin)
            ids[start++] = begin;
        body.CopyTo(ids.AsSpan(start));
        if (_special.EndId is { } end)
            ids[^1] = end;
        return new TokenizedText(ids, truncated);
    }
}

/// <summary>
/// Ids of the words seen last: texts repeat their words, and a lookup costs a fraction of merging it again. A fixed number of places, one per hash;
/// a new word replaces the one that was there. Safe for concurrent use: an entry never changes, and places are swapped whole.
/// </summary>
internal sealed class WordCache
{
    /// <summary>Longer words are rare and would only push out short ones.</summary>
    internal const int LongestWord = 32;

    // Of the words of 1,821 English sentences (20 a sentence, 7,056 different ones) 4096 places find 77 of 100 again and these 92; at most some 2.5 MB.
    private const int Places = 16_384;

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
