using System.Buffers;
using System.Text;

namespace SeqServe.Tokenizers.Models;

/// <summary>Byte pair encoding: a piece's characters, merged pair by pair. Words are remembered.</summary>
internal sealed class Bpe : ITokenModel
{
    private const char SpaceMark = '\u2581';
    private const int OnStack = 64;

    private readonly Vocabulary _vocabulary;
    private readonly BpeOptions _options;
    private readonly BpeCharacters _characters;
    private readonly BpeMerger _merger;
    private readonly WordCache _words = new();
    private readonly bool _wordsAreIndependent;

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">Tokens and ids.</param>
    /// <param name="merges">Pairs of tokens, the first to be merged first.</param>
    /// <param name="options">The rest.</param>
    /// <exception cref="InvalidDataException">A token of a pair, or what it becomes, is not in the vocabulary; a prefix or suffix is too long.</exception>
    public Bpe(Vocabulary vocabulary, IReadOnlyList<KeyValuePair<string, string>> merges, BpeOptions options)
    {
        _vocabulary = vocabulary;
        _options = options;
        _characters = new BpeCharacters(vocabulary, options);
        var table = new MergeTable(merges.Count);
        var prefix = options.ContinuingSubwordPrefix.Length;
        var grows = vocabulary.IdsAreUnique;
        var crossesWords = false;
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            if (right.Length < prefix)
                throw new InvalidDataException($"The merge '{left} {right}' of the BPE model is shorter than the prefix of inner tokens.");
            var merged = string.Concat(left, right.AsSpan(prefix));
            table.Set(IdOfMerge(left), IdOfMerge(right), new MergeTable.Merge(rank, IdOfMerge(merged)));
            grows &= left.Length > 0 && right.Length > prefix;
            crossesWords |= CrossesWords(merged);
        }

        _merger = new BpeMerger(table, grows);
        _wordsAreIndependent = !crossesWords && prefix == 0 && options.EndOfWordSuffix.Length == 0 && _characters.LosesNone
            && vocabulary.Find([SpaceMark]) >= 0;
    }

    /// <inheritdoc/>
    public int VocabularySize => _vocabulary.Count;

    /// <inheritdoc/>
    public int? UnknownId => _options.UnknownToken is { } token ? IdOf(token) : null;

    /// <inheritdoc/>
    public bool MarksSubwords => _options.ContinuingSubwordPrefix.Length > 0;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A character is unknown and the unknown token that the file names is not in the vocabulary.</exception>
    public void Tokenize(ReadOnlySpan<char> piece, TokenList tokens)
    {
        if (_options.IgnoreMerges && _vocabulary.Find(piece) is >= 0 and var whole)
        {
            tokens.Add(whole, 0, piece.Length);
            return;
        }

        if (!_wordsAreIndependent)
        {
            TokenizeWord(piece, 0, tokens);
            return;
        }

        // No merge reaches across the start of a word, so a text that nothing else has cut can be done word by word, and words are remembered.
        for (var start = 0; start < piece.Length;)
        {
            var end = EndOfWord(piece, start);
            TokenizeWord(piece[start..end], start, tokens);
            start = end;
        }
    }

    /// <inheritdoc/>
    public int? IdOf(string token) => _vocabulary.IdOf(token);

    /// <inheritdoc/>
    public string? TokenOf(int id) => _vocabulary.TokenOf(id);

    private static int EndOfWord(ReadOnlySpan<char> piece, int start)
    {
        var end = start;
        while (end < piece.Length && piece[end] == SpaceMark)
            end++;
        var length = piece[end..].IndexOf(SpaceMark);
        return length < 0 ? piece.Length : end + length;
    }

    private static bool CrossesWords(string token)
    {
        var mark = token.LastIndexOf(SpaceMark);
        return mark > 0 && token.AsSpan(0, mark).ContainsAnyExcept(SpaceMark);
    }

    private int IdOfMerge(string token) =>
        _vocabulary.Find(token) is >= 0 and var id
            ? id
            : throw new InvalidDataException($"A merge of the BPE model has the token '{token}', which is not in its vocabulary.");

    private void TokenizeWord(ReadOnlySpan<char> word, int offset, TokenList tokens)
    {
        if (!_words.TryAppend(word, offset, tokens))
            TokenizeNewWord(word, offset, tokens);
    }

    private void TokenizeNewWord(ReadOnlySpan<char> word, int offset, TokenList tokens)
    {
        var before = tokens.Count;
        if (word.Length <= OnStack)
            TokenizeKnown(word, offset, stackalloc BpeSymbol[OnStack], tokens);
        else
            TokenizeLong(word, offset, tokens);
        _words.Keep(word, offset, tokens.Span[before..]);
    }

    private void TokenizeLong(ReadOnlySpan<char> word, int offset, TokenList tokens)
    {
        var symbols = ArrayPool<BpeSymbol>.Shared.Rent(word.Length);
        TokenizeKnown(word, offset, symbols, tokens);
        ArrayPool<BpeSymbol>.Shared.Return(symbols);
    }

    private void TokenizeKnown(ReadOnlySpan<char> word, int offset, Span<BpeSymbol> symbols, TokenList tokens)
    {
        var count = _characters.TryFill(word, symbols);
        if (count < 0)
        {
            TokenizeOther(word, offset, tokens);
            return;
        }

        foreach (var symbol in symbols[.._merger.Merge(symbols[..count])])
        {
            tokens.Add(symbol.Id, offset, offset + symbol.Length);
            offset += symbol.Length;
        }
    }

    /// <summary>A word with characters that have no token of their own: lengths are counted in bytes of UTF-8, since a token may be one byte.</summary>
    private void TokenizeOther(ReadOnlySpan<char> word, int offset, TokenList tokens)
    {
        var symbols = ArrayPool<BpeSymbol>.Shared.Rent(_characters.MostSymbols(word));
        try
        {
            var count = _characters.FillBytes(word, symbols);
            var position = new BytePosition(word);
            foreach (var symbol in symbols.AsSpan(0, _merger.Merge(symbols.AsSpan(0, count))))
            {
                var (start, end) = position.Advance(symbol.Length);
                tokens.Add(symbol.Id, offset + start, offset + end);
            }
        }
        finally
        {
            ArrayPool<BpeSymbol>.Shared.Return(symbols);
        }
    }

    /// <summary>Finds the characters that ranges of UTF-8 bytes lie in, one range behind the other.</summary>
    private ref struct BytePosition(ReadOnlySpan<char> word)
    {
        private readonly ReadOnlySpan<char> _word = word;
        private int _start;
        private int _end;
        private int _bytesToEnd;
        private int _bytes;

        /// <summary>The next range.</summary>
        /// <param name="bytes">Its length, at least 1.</param>
        /// <returns>From the character of its first byte to behind that of its last.</returns>
        public (int Start, int End) Advance(int bytes)
        {
            MoveTo(_bytes);
            var start = _start;
            _bytes += bytes;
            MoveTo(_bytes - 1);
            return (start, _end);
        }

        private void MoveTo(int at)
        {
            while (_bytesToEnd <= at && _end < _word.Length)
            {
                _ = Rune.DecodeFromUtf16(_word[_end..], out var rune, out var units);
                _start = _end;
                _end += units;
                _bytesToEnd += rune.Utf8SequenceLength;
            }
        }
    }
}
