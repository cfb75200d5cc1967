using SeqServe.Tokenizers.AddedTokens;
using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.Pipeline;
using SeqServe.Tokenizers.PostProcessors;
using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers;

/// <summary>Makes token ids of texts and texts of token ids, as Hugging Face's tokenizers do. Safe for concurrent use.</summary>
public sealed class Tokenizer
{
    private readonly ITokenModel _model;
    private readonly AddedVocabulary _added;
    private readonly TextEncoder _encoder;
    private readonly PostProcessing _processing;
    private readonly OffsetTrimmer? _trimmer;
    private readonly Decoders.Decoder? _decoder;

    internal Tokenizer(TokenizerParts parts, EncodeOptions? storedTruncation = null)
    {
        _model = parts.Model;
        _added = new AddedVocabulary(parts.AddedTokens, _model, parts.Normalizer);
        _encoder = new TextEncoder(parts.Normalizer, parts.PreTokenizer, _model, _added);
        _processing = new PostProcessing(parts.PostProcessor);
        _decoder = parts.Decoder;
        StoredTruncation = storedTruncation;
        VocabularySize = _model.VocabularySize + _added.Added;
        AddedTokens = [.. _added.Tokens];
        SpecialTokens = [.. AddedTokens.Where(t => t.Special)];
        if (_processing.Trims)
            _trimmer = new OffsetTrimmer(_model.VocabularySize, TokenOf);
    }

    /// <summary>Number of different tokens, added ones included.</summary>
    public int VocabularySize { get; }

    /// <summary>The added tokens, by id.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <summary>Those of the added tokens that decoding may leave out, by id.</summary>
    public IReadOnlyList<AddedToken> SpecialTokens { get; }

    /// <summary>
    /// The truncation that tokenizer.json holds, or null. It is not applied by itself: it is what was in force when the file was saved, not the model's limit.
    /// Its stride is left out, since it says nothing about the first part of a text.
    /// </summary>
    public EncodeOptions? StoredTruncation { get; }

    /// <summary>Reads a tokenizer.json.</summary>
    /// <param name="json">The file in UTF-8.</param>
    /// <exception cref="InvalidDataException">It is no such file, or asks for what is not supported; the message says what.</exception>
    public static Tokenizer FromJson(ReadOnlyMemory<byte> json) => TokenizerReader.Read(json);

    /// <summary>Reads a tokenizer.json.</summary>
    /// <param name="json">The file in UTF-8; it is read to its end and not closed.</param>
    /// <exception cref="InvalidDataException">It is no such file, or asks for what is not supported; the message says what.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Tokenizer FromJson(Stream json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return TokenizerReader.Read(json);
    }

    /// <summary>Encodes a text.</summary>
    /// <param name="text">The text; a surrogate without its other half counts as U+FFFD.</param>
    /// <param name="options">How; null: with special tokens, not cut.</param>
    /// <exception cref="ArgumentException">The options do not fit the text.</exception>
    /// <exception cref="InvalidDataException">The tokenizer cannot encode this text.</exception>
    public TokenEncoding Encode(string text, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text, null, options);
    }

    /// <summary>Encodes a text and its pair.</summary>
    /// <param name="text">The text; a surrogate without its other half counts as U+FFFD.</param>
    /// <param name="pair">The second text, or null.</param>
    /// <param name="options">How; null: with special tokens, not cut.</param>
    /// <exception cref="ArgumentException">The options do not fit the texts.</exception>
    /// <exception cref="InvalidDataException">The tokenizer cannot encode these texts.</exception>
    public TokenEncoding Encode(string text, string? pair, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= EncodeOptions.Default;
        var plan = _processing.Plan(pair is not null, options.AddSpecialTokens);
        var special = 0;
        foreach (var part in plan)
            special += part.Sequence < 0 ? 1 : 0;
        var most = options.MaxLength is { } limit ? limit - special : int.MaxValue;
        if (most < 0)
            throw new ArgumentException($"A limit of {options.MaxLength} tokens leaves no room for the {special} special tokens.", nameof(options));
        // One token more than may be kept says that the text is to be cut; which tokens a cut at the left keeps is known at the end of the text only.
        var enough = options.TruncationSide == TruncationSide.Right ? most : int.MaxValue;
        var state = EncodeState.Rent();
        _encoder.Encode(text, state, state.First, enough);
        if (pair is not null)
            _encoder.Encode(pair, state, state.Second, enough);
        if (state.First.Count > enough && state.Second.Count > enough && enough % 2 == 1)
            EncodeWhole(text, pair!, state);
        var (first, second) = Truncation.Keep(state.First.Count, pair is null ? null : state.Second.Count, most, options.TruncationStrategy);
        var encoding = Assemble(plan, new Sequences(text, pair ?? "", state, first, second, options.TruncationSide), special);
        EncodeState.Return(state, text.Length + (pair?.Length ?? 0));
        return encoding;
    }

    /// <summary>Makes text of ids.</summary>
    /// <param name="ids">The ids; those without a token count for nothing.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <param name="cleanUpSpaces">
    /// Whether transformers' <c>clean_up_tokenization_spaces</c> of tokenizer_config.json holds: spaces go before punctuation and in English contractions.
    /// </param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true, bool cleanUpSpaces = false)
    {
        var decoder = StartDecoding(skipSpecialTokens, cleanUpSpaces);
        foreach (var id in ids)
            decoder.Push(id);
        return decoder.Finish();
    }

    /// <summary>Starts making text of ids that come one after the other.</summary>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <param name="cleanUpSpaces">As for <see cref="Decode"/>.</param>
    public IncrementalDecoder StartDecoding(bool skipSpecialTokens = true, bool cleanUpSpaces = false) => new(this, _decoder, skipSpecialTokens, cleanUpSpaces);

    /// <summary>The token of an id, or null.</summary>
    public string? TokenOf(int id) => _added.TokenOf(id) ?? _model.TokenOf(id);

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(string token) => _added.IdOf(token) ?? _model.IdOf(token);

    /// <summary>Id of the token that stands for what the vocabulary cannot spell, or null.</summary>
    public int? UnknownId => _model.UnknownId;

    /// <summary>Whether tokens inside of a word begin with a mark, such as <c>##</c>.</summary>
    public bool MarksSubwords => _model.MarksSubwords;

    /// <summary>Whether decoding may leave a token out.</summary>
    public bool IsSpecial(string token) => _added.IsSpecial(token);

    /// <summary>Number of special tokens that are added to a text, or to a text and its pair.</summary>
    /// <exception cref="InvalidDataException">The tokenizer cannot encode pairs.</exception>
    public int CountSpecialTokens(bool pair = false) => _processing.CountSpecial(pair);

    // Where two texts are both cut to half an odd number, the longer one keeps the odd token.
    private void EncodeWhole(string text, string pair, EncodeState state)
    {
        state.First.Clear();
        state.Second.Clear();
        _encoder.Encode(text, state, state.First, int.MaxValue);
        _encoder.Encode(pair, state, state.Second, int.MaxValue);
    }

    private TokenEncoding Assemble(TokenPart[] plan, Sequences sequences, int special)
    {
        var count = special;
        foreach (var part in plan)
            count += part.Sequence < 0 ? 0 : sequences.Kept(part.Sequence).Length;
        var encoding = new TokenEncoding(count, sequences.AreCut);
        var at = 0;
        foreach (var part in plan)
        {
            if (part.Sequence < 0)
            {
                encoding.SetSpecial(at++, part.Id, part.Type);
                continue;
            }

            var tokens = sequences.Kept(part.Sequence);
            encoding.Set(at, tokens, part.Type, part.Sequence);
            if (part.Trims.Length > 0)
                Trim(encoding.OffsetsToSet.Slice(at, tokens.Length), tokens, part, part.Sequence == 0 ? sequences.Text : sequences.Pair);
            at += tokens.Length;
        }

        return encoding;
    }

    private void Trim(Span<TextRange> offsets, ReadOnlySpan<EncodedToken> tokens, TokenPart part, string text)
    {
        foreach (var trim in part.Trims.Span)
        {
            for (var i = 0; i < tokens.Length; i++)
                offsets[i] = _trimmer!.Trim(text, tokens[i], i, trim, offsets[i]);
        }
    }

    private readonly struct Sequences(string text, string pair, EncodeState state, int first, int second, TruncationSide side)
    {
        public string Text => text;

        public string Pair => pair;

        public bool AreCut => first < state.First.Count || second < state.Second.Count;

        public ReadOnlySpan<EncodedToken> Kept(int sequence)
        {
            var tokens = sequence == 0 ? state.First.Span : state.Second.Span;
            var kept = sequence == 0 ? first : second;
            return side == TruncationSide.Right ? tokens[..kept] : tokens[^kept..];
        }
    }
}
