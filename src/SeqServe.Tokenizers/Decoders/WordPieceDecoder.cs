namespace SeqServe.Tokenizers.Decoders;

/// <summary>Spaces between words, none before a token that goes on ("WordPiece").</summary>
/// <param name="prefix">What a token that goes on begins with.</param>
/// <param name="cleanup">Whether spaces before punctuation and contractions go.</param>
internal sealed class WordPieceDecoder(string prefix, bool cleanup) : TokenDecoder
{
    /// <inheritdoc/>
    public override string Decode(string token, bool isFirst)
    {
        if (!isFirst)
            token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return cleanup ? Cleanup(token) : token;
    }

    /// <summary>Takes spaces away that writing does not have.</summary>
    public static string Cleanup(string text) => !text.Contains(' ') ? text : text
        .Replace(" .", ".", StringComparison.Ordinal)
        .Replace(" ?", "?", StringComparison.Ordinal)
        .Replace(" !", "!", StringComparison.Ordinal)
        .Replace(" ,", ",", StringComparison.Ordinal)
        .Replace(" ' ", "'", StringComparison.Ordinal)
        .Replace(" n't", "n't", StringComparison.Ordinal)
        .Replace(" 'm", "'m", StringComparison.Ordinal)
        .Replace(" do not", " don't", StringComparison.Ordinal)
        .Replace(" 's", "'s", StringComparison.Ordinal)
        .Replace(" 've", "'ve", StringComparison.Ordinal)
        .Replace(" 're", "'re", StringComparison.Ordinal);
}
