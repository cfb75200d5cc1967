namespace SeqServe.Core.Tokenization;

/// <summary>Turns text into the token ids a model was trained on. Safe for concurrent use.</summary>
public interface ITextTokenizer
{
    /// <summary>Number of token ids; every id is below it.</summary>
    int VocabularySize { get; }

    /// <summary>Encodes a text, normalized by the manifest's rule, with the begin and end ids the manifest asks for.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="maxTokens">The most ids wanted, begin and end ids included; merging is bounded by it; normalization is linear in the text.</param>
    /// <returns>At most <paramref name="maxTokens"/> ids, and whether the text has more.</returns>
    TokenizedText Encode(string text, int maxTokens);
}
