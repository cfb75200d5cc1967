using SeqServe.Core.Errors;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks;

internal static class TokenizerLoader
{
    /// <summary>Opens the tokenizer that a manifest names.</summary>
    /// <exception cref="ModelLoadException">The file is missing, broken or does not fit the manifest.</exception>
    public static ITextTokenizer Load(RepositoryModel model, int version)
    {
        var manifest = model.Manifest!.Tokenizer!;
        var path = ModelFiles.Find(model, version, "tokenizer.file", manifest.File);
        try
        {
            var tokenizer = new SentencePieceBpeTokenizer(SentencePieceModel.Read(File.ReadAllBytes(path)), manifest.Normalization, manifest.Special);
            Check(model.Manifest, tokenizer);
            return tokenizer;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw new ModelLoadException(FileHead.Sentence(path) ?? $"{manifest.File} cannot be used as a tokenizer. {e.Message}", e);
        }
    }

    private static void Check(ModelManifest manifest, SentencePieceBpeTokenizer tokenizer)
    {
        if (manifest.Tokenizer!.PadId >= tokenizer.VocabularySize)
            throw new ModelLoadException($"tokenizer.pad_id = {manifest.Tokenizer.PadId} is outside of the vocabulary of {tokenizer.VocabularySize} pieces.");
        foreach (var (key, id) in new[] { ("bos_id", manifest.Tokenizer.BeginId), ("eos_id", manifest.Tokenizer.EndId) })
        {
            if (id >= tokenizer.VocabularySize)
                throw new ModelLoadException($"tokenizer.{key} = {id} is outside of the vocabulary of {tokenizer.VocabularySize} pieces.");
        }

        if (manifest.Limits.MaxInputTokens <= manifest.Tokenizer.Special.Count)
            throw new ModelLoadException($"limits.max_input_tokens = {manifest.Limits.MaxInputTokens} leaves no room for text beside the begin and end ids.");
    }
}
