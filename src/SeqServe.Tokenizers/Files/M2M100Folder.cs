using SeqServe.Tokenizers.AddedTokens;
using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.Pipeline;
using SeqServe.Tokenizers.PostProcessors;
using SeqServe.Tokenizers.SentencePiece;

namespace SeqServe.Tokenizers.Files;

/// <summary>M2M100's tokenizer, made of <c>sentencepiece.bpe.model</c> and <c>vocab.json</c> (transformers, tokenization_m2m_100.py).</summary>
internal static class M2M100Folder
{
    private const string Model = "sentencepiece.bpe.model";

    /// <summary>Reads what the tokenizer is made of.</summary>
    /// <exception cref="InvalidDataException">A file is missing or not what it should be.</exception>
    public static TokenizerParts Open(FolderFiles files)
    {
        var special = new SpecialTokens(files, RoleDefaults.M2M100);
        var model = SentencePieceModel.Read(files.Require(Model, TokenizerClasses.M2M100), Model);
        var ids = new Vocabulary(VocabJson.Read(files.Require("vocab.json", TokenizerClasses.M2M100), "vocab.json"));
        var unknown = ids.IdOf(special.Require("unk_token"))
            ?? throw new InvalidDataException($"vocab.json lacks the unknown token '{special.Find("unk_token")}'.");
        var codes = files.Text("language_codes") == "wmt21" ? LanguageCodes.Wmt21 : LanguageCodes.M2M100;
        var source = files.Text("src_lang") ?? "en";
        var place = Array.IndexOf(codes, source);
        if (place < 0)
            throw new InvalidDataException($"'src_lang' of tokenizer_config.json is '{source}', which is no language of the tokenizer.");
        var eos = special.Require("eos_token");
        var end = ids.IdOf(eos) ?? throw new InvalidDataException($"vocab.json lacks the end token '{eos}'.");
        // The languages' ids begin behind the vocabulary, whatever else is added.
        var languages = codes.Select(code => new AddedToken($"__{code}__") { Special = true }).ToArray();
        var names = languages.Select(t => t.Content).ToHashSet();
        List<AddedToken> added = [.. languages, .. special.ToAddedTokens().Where(t => !names.Contains(t.Content))];
        TemplatePiece[] single = [new(-1, [ids.Count + place], 0), new(0, [], 0), new(-1, [end], 0)];
        return new TokenizerParts(new SentencePieceWithVocabulary(SentencePieceEncoder.Of(model, Model), model, ids, ids, unknown))
        {
            Normalizer = new SentencePieceNormalizer(model, Model, hasLanguageCodes: false),
            PostProcessor = new TemplateProcessing(single, [single[0], single[1], new(1, [], 0), single[2]]),
            Decoder = new SentencePieceDecoder(model, Model, added.Where(t => t.Special).Select(t => t.Content), ""),
            AddedTokens = added,
        };
    }
}
