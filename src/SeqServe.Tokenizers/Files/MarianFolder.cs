using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.Pipeline;
using SeqServe.Tokenizers.PostProcessors;
using SeqServe.Tokenizers.SentencePiece;

namespace SeqServe.Tokenizers.Files;

/// <summary>Marian's tokenizer, made of <c>source.spm</c>, <c>target.spm</c> and <c>vocab.json</c> (transformers, tokenization_marian.py).</summary>
internal static class MarianFolder
{
    private const string Source = "source.spm";
    private const string Target = "target.spm";

    /// <summary>Reads what the tokenizer is made of.</summary>
    /// <exception cref="InvalidDataException">A file is missing or not what it should be.</exception>
    public static TokenizerParts Open(FolderFiles files)
    {
        var special = new SpecialTokens(files, RoleDefaults.Marian);
        var source = SentencePieceModel.Read(files.Require(Source, TokenizerClasses.Marian), Source);
        var target = SentencePieceModel.Read(files.Require(Target, TokenizerClasses.Marian), Target);
        var vocabulary = VocabJson.Read(files.Require("vocab.json", TokenizerClasses.Marian), "vocab.json");
        var targetVocabulary = files.Flag("separate_vocabs", false)
            ? VocabJson.Read(files.Require("target_vocab.json", TokenizerClasses.Marian), "target_vocab.json")
            : vocabulary;
        var (ids, targetIds) = (new Vocabulary(vocabulary), new Vocabulary(targetVocabulary));
        var unknown = ids.IdOf(special.Require("unk_token"))
            ?? throw new InvalidDataException($"vocab.json lacks the unknown token '{special.Find("unk_token")}'.");
        var added = special.ToAddedTokens();
        var eos = special.Require("eos_token");
        var end = new TemplatePiece(-1, [ids.IdOf(eos) ?? throw new InvalidDataException($"vocab.json lacks the end token '{eos}'.")], 0);
        var (first, second) = (new TemplatePiece(0, [], 0), new TemplatePiece(1, [], 0));
        return new TokenizerParts(new SentencePieceWithVocabulary(SentencePieceEncoder.Of(source, Source), source, ids, targetIds, unknown))
        {
            Normalizer = new SentencePieceNormalizer(source, Source, hasLanguageCodes: true),
            PreTokenizer = new LanguageCodeSplit(),
            PostProcessor = new TemplateProcessing([first, end], [first, second, end]),
            Decoder = new SentencePieceDecoder(target, Target, added.Where(t => t.Special).Select(t => t.Content), " "),
            AddedTokens = added,
        };
    }
}
