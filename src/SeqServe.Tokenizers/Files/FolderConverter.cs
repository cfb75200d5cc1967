using System.Text.Json.Nodes;

namespace SeqServe.Tokenizers.Files;

/// <summary>Makes the tokenizer.json that transformers' fast tokenizer would have.</summary>
internal static class FolderConverter
{
    /// <summary>Converts a folder's files.</summary>
    /// <param name="files">The folder.</param>
    /// <param name="tokenizerClass">transformers' class, without "Fast".</param>
    /// <exception cref="InvalidDataException">The class is not supported, or a file is missing or damaged.</exception>
    public static JsonObject ToTokenizerJson(FolderFiles files, string tokenizerClass)
    {
        if (VocabTxtFolder.Classes.Contains(tokenizerClass))
            return VocabTxtFolder.Convert(files, tokenizerClass);
        if (VocabMergesFolder.Classes.Contains(tokenizerClass))
            return VocabMergesFolder.Convert(files, tokenizerClass);
        if (SentencePieceClass.All.TryGetValue(tokenizerClass, out var sentencePiece))
            return SentencePieceFolder.Convert(files, sentencePiece);
        throw new InvalidDataException($"The folder has no tokenizer.json, and its tokenizer class '{tokenizerClass}' is not supported without one.");
    }
}
