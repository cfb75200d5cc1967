using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.Normalizers;
using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.SentencePiece;

/// <summary>
/// The C++ library's normalizer (sentencepiece, normalizer.cc): at each place the longest entry of the model's map, spaces joined and marked. It differs from
/// the tokenizers library's Precompiled, which goes by grapheme clusters.
/// </summary>
internal sealed class SentencePieceNormalizer : Normalizer
{
    private const char SpaceMark = '\u2581';

    private readonly PrecompiledCharsMap? _map;
    private readonly CharTrie? _kept;
    private readonly bool _addDummyPrefix;
    private readonly bool _removeExtraSpaces;
    private readonly char _space;
    private readonly bool _hasLanguageCodes;

    /// <summary>Makes a normalizer.</summary>
    /// <param name="model">What the model file says.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="hasLanguageCodes">Whether a code such as <c>&gt;&gt;fra&lt;&lt;</c> at the beginning stays as it is.</param>
    /// <exception cref="InvalidDataException">The map is damaged, or the model wants something that is not supported.</exception>
    public SentencePieceNormalizer(SentencePieceModel model, string name, bool hasLanguageCodes)
    {
        if (model.SpaceIsSuffix)
            throw new InvalidDataException($"{name} marks spaces behind words (treat_whitespace_as_suffix), which is not supported.");
        _map = model.CharsMap.Length == 0 ? null : PrecompiledCharsMap.Read(model.CharsMap);
        foreach (var piece in model.Pieces.Where(p => p.Type == SentencePieceType.UserDefined))
            (_kept ??= new CharTrie()).Add(piece.Text, 0);
        _addDummyPrefix = model.AddDummyPrefix;
        _removeExtraSpaces = model.RemoveExtraWhitespaces;
        _space = model.EscapeWhitespaces ? SpaceMark : ' ';
        _hasLanguageCodes = hasLanguageCodes;
    }

    /// <summary>Length of the language code that a text begins with; 0 where it begins with none.</summary>
    public static int LengthOfLanguageCode(ReadOnlySpan<char> text) =>
        text.StartsWith(">>", StringComparison.Ordinal) && text.IndexOf("<<", StringComparison.Ordinal) is >= 0 and var end ? end + 2 : 0;

    /// <inheritdoc/>
    public override void Apply(NormalizedText text)
    {
        var span = text.Span;
        var code = _hasLanguageCodes ? LengthOfLanguageCode(span) : 0;
        text.Begin(span.Length + 8);
        text.Copy(0, code);
        var at = code;
        while (_removeExtraSpaces && at < span.Length && First(span[at..], out var length) is " ")
            at += length;
        if (at < span.Length)
            WriteRest(text, span, at);
        text.Finish();
        if (_removeExtraSpaces)
            text.Slice(0, code + text.Span[code..].TrimEnd(_space).Length);
    }

    private void WriteRest(NormalizedText text, ReadOnlySpan<char> span, int at)
    {
        if (_addDummyPrefix)
            text.Write(_space, new TextRange(text.PartOf(at).Start, text.PartOf(at).Start));
        var isBehindSpace = _removeExtraSpaces;
        while (at < span.Length)
        {
            var piece = First(span[at..], out var length);
            var part = text.PartOf(at, at + length);
            at += length;
            if (isBehindSpace)
                piece = piece.TrimStart(' ');
            foreach (var unit in piece)
                text.Write(unit == ' ' ? _space : unit, part);
            if (!piece.IsEmpty)
                isBehindSpace = _removeExtraSpaces && piece[^1] == ' ';
        }
    }

    /// <summary>What the beginning of a text becomes, and how much of it that is.</summary>
    private ReadOnlySpan<char> First(ReadOnlySpan<char> text, out int length)
    {
        if (_kept is not null && _kept.Longest(text, out _) is > 0 and var kept)
        {
            length = kept;
            return text[..length];
        }

        if (_map is not null && _map.MayBegin(text[0]) && _map.Longest(text, out length) is { } replacement)
            return replacement;
        length = char.IsHighSurrogate(text[0]) && text.Length > 1 ? 2 : 1;
        return text[..length];
    }
}
