using System.Text;

namespace SeqServe.Tokenizers.Decoders;

/// <summary>
/// transformers' <c>clean_up_tokenization</c> on a text that grows: takes spaces away before punctuation and in English contractions. What is removed depends
/// on what follows, so the text is given out up to a place that nothing behind it can change.
/// </summary>
/// <param name="next">Where the text goes.</param>
internal sealed class CleanupStage(DecoderStage next) : DecoderStage
{
    // No string that is looked for has more letters in a row.
    private const int LettersInRow = 2;

    private const string Inner = " 'ntmsver";

    private readonly StringBuilder _text = new();

    /// <inheritdoc/>
    public override void Push(string token)
    {
        _text.Append(token);
        var text = _text.ToString();
        var end = CertainLength(text);
        if (end == 0)
            return;
        next.Push(Clean(text[..end]));
        _text.Clear().Append(text, end, text.Length - end);
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        next.Push(Clean(_text.ToString()));
        next.Finish();
    }

    // Behind a character that no string has before its end, or behind more letters in a row than any has, a new one begins.
    private static int CertainLength(string text)
    {
        for (var end = text.Length; end > 0; end--)
        {
            if (!Inner.Contains(text[end - 1], StringComparison.Ordinal) && !char.IsHighSurrogate(text[end - 1]))
                return end;
            var letters = 0;
            while (letters < end && char.IsAsciiLetter(text[end - letters - 1]))
                letters++;
            if (letters > LettersInRow)
                return end;
        }

        return 0;
    }

    private static string Clean(string text) => text
        .Replace(" .", ".", StringComparison.Ordinal)
        .Replace(" ?", "?", StringComparison.Ordinal)
        .Replace(" !", "!", StringComparison.Ordinal)
        .Replace(" ,", ",", StringComparison.Ordinal)
        .Replace(" ' ", "'", StringComparison.Ordinal)
        .Replace(" n't", "n't", StringComparison.Ordinal)
        .Replace(" 'm", "'m", StringComparison.Ordinal)
        .Replace(" 's", "'s", StringComparison.Ordinal)
        .Replace(" 've", "'ve", StringComparison.Ordinal)
        .Replace(" 're", "'re", StringComparison.Ordinal);
}
