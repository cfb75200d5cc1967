using System.Buffers;
using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.SentencePiece;

namespace SeqServe.Core.Tokenization;

/// <summary>
/// SentencePiece BPE with byte fallback, id for id as the original library encodes it.
/// SeqServe.Tokenizers reads the file and cuts the words; what a manifest adds is here: its rule of normalization, its begin and end ids, the limit.
/// </summary>
public sealed class SentencePieceBpeTokenizer : ITextTokenizer
{
    private const char SpaceMark = '\u2581';

    // What longer texts need is given back.
    private const int LongestKept = 1 << 14;

    [ThreadStatic]
    private static TokenList? s_tokens;

    private readonly TextNormalization _normalization;
    private readonly SpecialTokens _special;
    private readonly SentencePieceEncoder _pieces;
    private readonly WordCache _words = new();
    private readonly TokenBytes _tokens;
    private readonly bool _addDummyPrefix;
    private readonly bool _wordsAreIndependent;
    private readonly int _longestPiece;

    private SentencePieceBpeTokenizer(SentencePieceModel model, string name, TextNormalization normalization, SpecialTokens special)
    {
        VocabularySize = model.Pieces.Count;
        if (special.BeginId >= VocabularySize || special.EndId >= VocabularySize)
            throw new ArgumentException($"A begin or end id is outside of the vocabulary of {VocabularySize} pieces.", nameof(special));

        _normalization = normalization;
        _special = special;
        _pieces = SentencePieceEncoder.Of(model, name);
        _tokens = new TokenBytes(model.Pieces, SpaceMark);
        _addDummyPrefix = model.AddDummyPrefix;
        _wordsAreIndependent = !model.Pieces.Any(p => p.Text.LastIndexOf(SpaceMark) > 0);
        _longestPiece = model.Pieces.Max(p => p.Text.Length);
    }

    /// <summary>Opens a model file.</summary>
    /// <param name="file">Its content.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="normalization">The rule that the trainer applied to texts.</param>
    /// <param name="special">Ids put around each text.</param>
    /// <exception cref="InvalidDataException">
    /// The file is no SentencePiece BPE model with byte fallback and identity normalization; the message says which.
    /// </exception>
    /// <exception cref="ArgumentException">A special id is outside of the vocabulary.</exception>
    public static SentencePieceBpeTokenizer Open(byte[] file, string name, TextNormalization normalization, SpecialTokens special)
    {
        ArgumentNullException.ThrowIfNull(file);
        var model = SentencePieceModel.Read(file, name);
        Check(model);
        return new SentencePieceBpeTokenizer(model, name, normalization, special);
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

        var most = maxTokens - _special.Count;
        var tokens = s_tokens ??= new TokenList();
        tokens.Clear();
        var symbols = ArrayPool<char>.Shared.Rent(normalized.Length + 1);
        try
        {
            var length = MarkSpaces(normalized, symbols);
            EncodeWords(symbols.AsSpan(0, length), tokens, most);
            return Surround(tokens.Span[..Math.Min(tokens.Count, most)], tokens.Count > most);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(symbols);
            if (normalized.Length > LongestKept)
                s_tokens = null;
        }
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids) => NewSentencePieceDetokenizer().Decode(ids);

    /// <inheritdoc/>
    public IDetokenizer NewDetokenizer(bool continuesText = false) => NewSentencePieceDetokenizer(continuesText);

    private SentencePieceDetokenizer NewSentencePieceDetokenizer(bool continuesText = false) => new(_tokens, _addDummyPrefix && !continuesText);

    /// <inheritdoc/>
    public string TokenText(int id) => _tokens.Text(id);

    private static void Check(SentencePieceModel model)
    {
        if (model.Kind != SentencePieceKind.Bpe)
            throw new InvalidDataException($"Its model_type is {(int)model.Kind}; train with model_type=bpe.");
        if (model.CharsMap.Length > 0)
            throw new InvalidDataException("It brings its own normalizer; train with normalization_rule_name=identity and name the rule in the manifest.");
        var bytes = model.Pieces.Where(p => p.Type == SentencePieceType.Byte).Select(p => p.Byte).ToHashSet();
        if (!model.ByteFallback || bytes.Count != 1 + byte.MaxValue || bytes.Contains(null))
            throw new InvalidDataException("It has not one byte piece for each byte; train with byte_fallback=True.");
        if (model.Pieces.Any(p => p.Type == SentencePieceType.UserDefined))
            throw new InvalidDataException("It has user-defined symbols; put control symbols in front as ids instead.");
    }

    private int MarkSpaces(string text, char[] symbols)
    {
        var length = 0;
        if (_addDummyPrefix)
            symbols[length++] = SpaceMark;
        text.AsSpan().Replace(symbols.AsSpan(length), ' ', SpaceMark);
        return length + text.Length;
    }

    /// <summary>Appends tokens until the text ends or there are more than the most.</summary>
    private void EncodeWords(ReadOnlySpan<char> symbols, TokenList tokens, int most)
    {
        while (!symbols.IsEmpty && tokens.Count <= most)
        {
            var word = NextWord(symbols);
            symbols = symbols[word.Length..];
            if (!_words.TryAppend(word, 0, tokens))
                EncodeNewWord(word, tokens, (long)most - tokens.Count + 1);
        }
    }

    private void EncodeNewWord(ReadOnlySpan<char> word, TokenList tokens, long wanted)
    {
        var before = tokens.Count;
        var bounded = Bounded(word, wanted);
        _pieces.Encode(bounded, tokens);
        if (bounded.Length == word.Length)
            _words.Keep(word, 0, tokens.Span[before..]);
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
    // `wanted` longest pieces behind the start, so at least `wanted` tokens remain.
    private ReadOnlySpan<char> Bounded(ReadOnlySpan<char> word, long wanted)
    {
        var bound = wanted * _longestPiece;
        if (word.Length <= bound)
            return word;
        var cut = (int)bound;
        return word[..(char.IsHighSurrogate(word[cut - 1]) ? cut + 1 : cut)];
    }

    private TokenizedText Surround(ReadOnlySpan<ModelToken> body, bool truncated)
    {
        var ids = new int[body.Length + _special.Count];
        var start = 0;
        if (_special.BeginId is { } begin)
            ids[start++] = begin;
        foreach (ref readonly var token in body)
            ids[start++] = token.Id;
        if (_special.EndId is { } end)
            ids[^1] = end;
        return new TokenizedText(ids, truncated);
    }
}
