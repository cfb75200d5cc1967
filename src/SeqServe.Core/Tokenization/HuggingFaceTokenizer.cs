using System.Text.Json;
using SeqServe.Tokenizers;

namespace SeqServe.Core.Tokenization;

/// <summary>A tokenizer of Hugging Face's libraries.</summary>
public sealed class HuggingFaceTokenizer : IOffsetTokenizer
{
    private readonly Tokenizer _tokenizer;
    private const string Letter = "a";

    private readonly TruncationSide _side;
    private readonly bool _cleansUp;
    private readonly int? _letter;

    /// <summary>Wraps one.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="side">The end at which texts that are too long are cut.</param>
    /// <param name="cleansUp">Whether spaces before punctuation and in English contractions are taken off what is decoded.</param>
    public HuggingFaceTokenizer(Tokenizer tokenizer, TruncationSide side, bool cleansUp = false)
    {
        (_tokenizer, _side, _cleansUp) = (tokenizer, side, cleansUp);
        // Ids of added tokens may leave gaps.
        VocabularySize = tokenizer.AddedTokens.Aggregate(tokenizer.VocabularySize, static (size, token) => Math.Max(size, token.Id + 1));
        _letter = tokenizer.IdOf(Letter) is { } id && tokenizer.Decode([id]) == Letter ? id : null;
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public TokenizedText Encode(string text, int maxTokens) => Of(Encode(text, null, maxTokens, out var fault), fault, isPair: false);

    /// <inheritdoc/>
    public TokenizedText EncodePair(string text, string pair, int maxTokens) => Of(Encode(text, pair, maxTokens, out var fault), fault, isPair: true);

    /// <inheritdoc/>
    public TokenEncoding? EncodeWithOffsets(string text, int maxTokens, out string? fault) => Encode(text, null, maxTokens, out fault);

    /// <inheritdoc/>
    public bool ContinuesWord(string text, TokenEncoding encoding, int token)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(encoding);
        var (id, range) = (encoding.Ids[token], encoding.Offsets[token]);
        if (id == _tokenizer.UnknownId)
            return false;
        // Told by the mark in front of the token where the model writes one, else by the lack of a space.
        return _tokenizer.MarksSubwords
            ? _tokenizer.TokenOf(id)!.EnumerateRunes().Count() != text[range.Start..range.End].EnumerateRunes().Count()
            : range.Start > 0 && !text.AsSpan(range.Start - 1, Math.Min(2, text.Length - range.Start + 1)).Contains(' ');
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids) => _tokenizer.Decode(ids, cleanUpSpaces: _cleansUp);

    /// <inheritdoc/>
    public IDetokenizer NewDetokenizer(bool continuesText = false)
    {
        var decoder = _tokenizer.StartDecoding(cleanUpSpaces: _cleansUp);
        // Some decoders take the space off what they believe to be the first word of a text: a letter before it, which is not given out, is the first instead.
        if (!continuesText || _letter is not { } letter)
            return new Detokenizer(decoder, 0);
        return new Detokenizer(decoder, Letter.Length - decoder.Append(letter).Length);
    }

    /// <inheritdoc/>
    public string TokenText(int id) => _tokenizer.Decode([id], skipSpecialTokens: false);

    /// <inheritdoc/>
    public int? FindToken(string token) => _tokenizer.IdOf(token);

    private TokenEncoding? Encode(string text, string? pair, int maxTokens, out string? fault)
    {
        try
        {
            fault = null;
            return _tokenizer.Encode(text, pair, new EncodeOptions { MaxLength = maxTokens, TruncationSide = _side });
        }
        catch (InvalidDataException e)
        {
            fault = $"The tokenizer of this model cannot encode the text. {e.Message}";
            return null;
        }
    }

    private TokenizedText Of(TokenEncoding? encoding, string? fault, bool isPair)
    {
        if (encoding is null)
            return TokenizedText.Refused(fault!);
        if (encoding.Count == _tokenizer.CountSpecialTokens(isPair) && !encoding.IsTruncated)
            return new TokenizedText([], false);
        var types = encoding.TypeIds.ContainsAnyExcept(0) ? encoding.TypeIds.ToArray() : [];
        return new TokenizedText(encoding.Ids.ToArray(), encoding.IsTruncated) { TypeIds = types };
    }

    // Of the letter in front, what the decoder has held back is still to come.
    private sealed class Detokenizer(IncrementalDecoder decoder, int held) : IDetokenizer
    {
        private int _held = held;

        public string Append(int id) => WithoutLetter(decoder.Append(id));

        public string Finish() => WithoutLetter(decoder.Finish());

        private string WithoutLetter(string text)
        {
            var cut = Math.Min(_held, text.Length);
            _held -= cut;
            return text[cut..];
        }
    }
}

/// <summary>Files of Hugging Face's tokenizers, which say all of themselves.</summary>
public sealed class HuggingFaceTokenizerKind : ITokenizerKind
{
    /// <summary>The file that holds all of a tokenizer.</summary>
    public const string DefaultFile = "tokenizer.json";

    private const string ConfigName = "tokenizer_config.json";

    /// <inheritdoc/>
    public string Type => "huggingface";

    /// <inheritdoc/>
    public bool DescribesItself => true;

    /// <inheritdoc/>
    public ITextTokenizer Open(ITokenizerFiles files, TokenizerManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(manifest);
        // Of a folder without tokenizer.json other files say the same.
        var tokenizer = manifest.File == DefaultFile ? TokenizerFolder.Open(files.Find) : Tokenizer.FromJson(files.Read(manifest.File));
        var (side, cleansUp) = Settings(files.Find(ConfigName));
        return new HuggingFaceTokenizer(tokenizer, side, cleansUp);
    }

    private static (TruncationSide Side, bool CleansUp) Settings(byte[]? config)
    {
        if (config is null)
            return (TruncationSide.Right, false);
        try
        {
            using var document = JsonDocument.Parse(config);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return (TruncationSide.Right, false);
            var isLeft = root.TryGetProperty("truncation_side", out var side) && side.ValueKind == JsonValueKind.String && side.ValueEquals("left");
            // Where nothing is said of it, versions of transformers differ; the present one leaves the text as it is.
            var cleansUp = root.TryGetProperty("clean_up_tokenization_spaces", out var flag) && flag.ValueKind == JsonValueKind.True;
            return (isLeft ? TruncationSide.Left : TruncationSide.Right, cleansUp);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{ConfigName} is no valid JSON at line {e.LineNumber + 1}", e);
        }
    }
}
