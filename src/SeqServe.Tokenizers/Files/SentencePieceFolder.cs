using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SeqServe.Tokenizers.SentencePiece;

namespace SeqServe.Tokenizers.Files;

/// <summary>
/// T5, ALBERT, XLM-R, Llama and their kin, made of a SentencePiece model (transformers, convert_slow_tokenizer.py, SpmConverter and what derives from it).
/// </summary>
internal sealed class SentencePieceFolder
{
    private const int MostExtraTokens = 100_000;

    private readonly FolderFiles _files;
    private readonly SentencePieceClass _class;
    private readonly SpecialTokens _special;
    private readonly SentencePieceModel _model;
    private readonly bool _legacy;
    private readonly bool _addPrefixSpace;

    private SentencePieceFolder(FolderFiles files, SentencePieceClass tokenizerClass)
    {
        (_files, _class) = (files, tokenizerClass);
        _special = new SpecialTokens(files, tokenizerClass.Defaults);
        _model = SentencePieceModel.Read(files.Require(tokenizerClass.File, tokenizerClass.Name), tokenizerClass.File);
        _legacy = !tokenizerClass.KnowsLegacy || files.Setting("legacy") is not { ValueKind: JsonValueKind.False };
        _addPrefixSpace = !tokenizerClass.KnowsLegacy || files.Flag("add_prefix_space", true);
    }

    /// <summary>Makes the tokenizer.json.</summary>
    /// <exception cref="InvalidDataException">A file is missing or not what it should be.</exception>
    public static JsonObject Convert(FolderFiles files, SentencePieceClass tokenizerClass) => new SentencePieceFolder(files, tokenizerClass).Convert();

    private string Scheme => !_addPrefixSpace ? "never" : _legacy ? "always" : "first";

    private JsonObject Convert()
    {
        AddOwnTokens();
        var pieces = Pieces();
        var ids = new Dictionary<string, int>();
        foreach (var (id, (text, _)) in pieces.Index())
            ids[text] = id;
        var model = _model.Kind switch
        {
            SentencePieceKind.Unigram => UnigramModel(pieces),
            SentencePieceKind.Bpe => BpeModel(pieces, ids),
            _ => throw new InvalidDataException($"{_class.File} holds a SentencePiece model of the kind {_model.Kind}; Unigram and Bpe are supported."),
        };
        var tokenizer = new ConvertedTokenizer(model, ids, _model.Kind == SentencePieceKind.Bpe ? ids.Count : pieces.Count)
        {
            Normalizer = SentencePieceParts.Normalizer(_class.Parts, _model, _files, _legacy, _addPrefixSpace),
            PreTokenizer = SentencePieceParts.PreTokenizer(_class.Parts, _files, _legacy, Scheme),
            Decoder = SentencePieceParts.Decoder(_class.Parts, Scheme, _addPrefixSpace),
        };
        foreach (var piece in _model.Pieces)
        {
            if (piece.Type is SentencePieceType.Control or SentencePieceType.UserDefined)
                tokenizer.Add(new AddedTokenEntry(piece.Text) { Normalized = false, Special = piece.Type == SentencePieceType.Control || IsTurn(piece.Text) });
        }

        tokenizer.Add(_special);
        if (Templates() is var (single, pair))
            tokenizer.PostProcessor = tokenizer.Template(single, pair);
        return tokenizer.ToJson();
    }

    private void AddOwnTokens()
    {
        var more = _class.Name switch
        {
            "T5Tokenizer" when !_special.Additional.Any(t => t.Content.Contains("<extra_id_", StringComparison.Ordinal)) => ExtraIds().Reverse(),
            "MBartTokenizer" => LanguageCodes.MBart,
            "MBart50Tokenizer" => LanguageCodes.MBart50,
            "NllbTokenizer" when _special.Additional.Count == 0 => LanguageCodes.Nllb,
            "PegasusTokenizer" when _special.Additional.Count == 0 => PegasusFirst().Skip(2),
            _ => [],
        };
        _special.AddAdditional(more);
    }

    // As T5's vocabulary has them: the last one first.
    private IEnumerable<string> ExtraIds()
    {
        var count = _files.Number("extra_ids", 100, 0, MostExtraTokens);
        return Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"<extra_id_{count - 1 - i}>"));
    }

    private IEnumerable<string> PegasusFirst()
    {
        var offset = _files.Number("offset", 103, 0, MostExtraTokens);
        var mask = _files.Setting("mask_token_sent") is { } sent ? sent.ValueKind == JsonValueKind.String ? sent.GetString() : null : "<mask_1>";
        string?[] first = [_special.Require("pad_token"), _special.Require("eos_token"), mask, offset > 3 ? _special.Find("mask_token") : null];
        var unknown = Enumerable.Range(2, Math.Max(0, offset - 2)).Select(i => string.Create(CultureInfo.InvariantCulture, $"<unk_{i}>"));
        return first.OfType<string>().Concat(unknown);
    }

    private List<(string Text, double Score)> Pieces()
    {
        var own = _model.Pieces.Select(p => (p.Text, (double)p.Score));
        return _class.Layout switch
        {
            SentencePieceLayout.Fairseq => [.. Zero("<s>", "<pad>", "</s>", "<unk>"), .. own.Skip(3), .. Zero([.. FairseqLast()])],
            SentencePieceLayout.Camembert =>
                [.. Zero("<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>"), ("<unk>NOTUSED", -100), .. own.Skip(1), .. Zero("<mask>")],
            SentencePieceLayout.NoNumberComma => [.. own.Select(p => (p.Text, EndsWithNumberComma(p.Text) ? p.Item2 - 100 : p.Item2))],
            SentencePieceLayout.ExtraIds => [.. own, .. Zero([.. ExtraIds()])],
            SentencePieceLayout.Llama => [.. Zero(NameOf(0), NameOf(1), NameOf(2)), .. own.Skip(3)],
            SentencePieceLayout.Gemma => WithTab(
                [.. Zero(_special.Require("pad_token"), _special.Require("eos_token"), _special.Require("bos_token")), .. own.Skip(3)]),
            SentencePieceLayout.Pegasus => [.. PegasusFirst().Select(t => (t, t.StartsWith("<unk_", StringComparison.Ordinal) ? -100d : 0)), .. own.Skip(2)],
            _ => [.. own],
        };
    }

    private IEnumerable<string> FairseqLast() => _class.Name switch
    {
        "MBartTokenizer" => [.. LanguageCodes.MBart, "<mask>"],
        "MBart50Tokenizer" => [.. LanguageCodes.MBart50, "<mask>"],
        "NllbTokenizer" => [],
        "XGLMTokenizer" => Enumerable.Range(0, 7).Select(i => string.Create(CultureInfo.InvariantCulture, $"<madeupword{i}>")),
        _ => ["<mask>"],
    };

    private int UnknownId => _class.Layout switch
    {
        SentencePieceLayout.Fairseq or SentencePieceLayout.Camembert or SentencePieceLayout.Gemma => 3,
        SentencePieceLayout.Llama => 0,
        SentencePieceLayout.Pegasus => _model.UnknownId + _files.Number("offset", 103, 0, MostExtraTokens),
        _ => _class.Name == "BarthezTokenizer" ? 3 : _model.UnknownId,
    };

    private JsonObject UnigramModel(List<(string Text, double Score)> pieces) => PartJson.Part(
        "Unigram", ("unk_id", UnknownId), ("vocab", new JsonArray([.. pieces.Select(p => new JsonArray(p.Text, p.Score))])),
        ("byte_fallback", _class.HasBytes));

    private JsonObject BpeModel(List<(string Text, double Score)> pieces, Dictionary<string, int> ids) => PartJson.Part(
        "BPE", ("dropout", null), ("unk_token", _model.UnknownPiece), ("continuing_subword_prefix", null), ("end_of_word_suffix", null), ("fuse_unk", true),
        ("byte_fallback", _class.HasBytes), ("ignore_merges", false),
        ("vocab", new JsonObject(ids.Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value)))),
        ("merges", new JsonArray([.. PieceMerges.Of(_model, pieces).Select(m => new JsonArray(m.Left, m.Right))])));

    private (string Single, string Pair)? Templates()
    {
        var (bos, eos) = (_special.Find("bos_token"), _special.Find("eos_token"));
        var language = _files.Text("src_lang");
        return _class.Parts switch
        {
            SentencePieceKin.Albert or SentencePieceKin.FNet or SentencePieceKin.RemBert or SentencePieceKin.DebertaV2 =>
                ("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1"),
            SentencePieceKin.XlNet => ("$A <sep> <cls>:2", "$A <sep> $B:1 <sep>:1 <cls>:2"),
            SentencePieceKin.Pegasus => ($"$A {_special.Require("eos_token")}", $"$A $B {_special.Require("eos_token")}"),
            SentencePieceKin.Llama or SentencePieceKin.Gemma => SentencePieceTemplates.Around(
                _files.Flag("add_bos_token", true) ? bos : null, _files.Flag("add_eos_token", false) ? eos : null),
            _ => _class.Name switch
            {
                "T5Tokenizer" => ("$A </s>", "$A </s> $B </s>"),
                "BigBirdTokenizer" => ("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1"),
                "MBartTokenizer" or "MBart50Tokenizer" => SentencePieceTemplates.OfLanguage(_class.Name, language ?? "en_XX", "</s>", legacy: false),
                "NllbTokenizer" => SentencePieceTemplates.OfLanguage(_class.Name, language ?? "eng_Latn", "</s>", _files.Flag("legacy_behaviour", false)),
                "XGLMTokenizer" => ("</s> $A", "</s> $A </s> </s> $B"),
                "ReformerTokenizer" or "BertGenerationTokenizer" => null,
                _ => ("<s> $A </s>", "<s> $A </s> </s> $B </s>"),
            },
        };
    }

    private bool IsTurn(string piece) => _class.Parts == SentencePieceKin.Gemma && piece is "<start_of_turn>" or "<end_of_turn>";

    private string NameOf(int id) => _special.Added.TryGetValue(id, out var token) ? token.Content : _model.Pieces.ElementAtOrDefault(id).Text ?? "";

    private static IEnumerable<(string Text, double Score)> Zero(params string[] tokens) => tokens.Select(t => (t, 0d));

    // Older Gemma files lack the tab.
    private static List<(string Text, double Score)> WithTab(List<(string Text, double Score)> pieces)
    {
        var tab = pieces.FindIndex(p => p.Text == "<0x09>");
        if (tab >= 0 && !pieces.Exists(p => p.Text == "\t"))
            pieces[tab] = ("\t", 0);
        return pieces;
    }

    // A number that ends with a comma is to be two tokens (check_number_comma).
    private static bool EndsWithNumberComma(string piece) =>
        piece.Length >= 2 && piece[^1] == ',' && CharUnicodeInfo.GetDigitValue(piece, piece.Length - 2) >= 0;
}
