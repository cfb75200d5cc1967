using SeqServe.Core.Batching;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Explains labels by leaving words out: for each word of a request's texts a row of the text without it.</summary>
internal static class Occlusion
{
    /// <summary>Most words of a request that can be explained: each costs a run of its own.</summary>
    internal const int MaxExplainedWords = 512;

    /// <summary>Most characters of such a request: every word left out makes a copy of its text.</summary>
    internal const int MaxExplainedCharacters = 32_768;

    /// <summary>Adds the rows.</summary>
    /// <param name="model">The model that will take them.</param>
    /// <param name="request">The request.</param>
    /// <param name="texts">Its texts, which learn their words.</param>
    /// <param name="rows">Receives the rows.</param>
    /// <exception cref="ServingException">
    /// A text is cut, there are too many words, or more than the queue has room for; or the deadline has passed.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public static void Extend(ServedClassifier model, ClassificationRequest request, IReadOnlyList<TextToClassify> texts, ExchangeRows rows)
    {
        RefuseCutTexts(model, request, texts);
        foreach (var text in texts)
            text.Words = WordSpans.Split(text.Text);
        var count = texts.Sum(text => text.Words.Count);
        if (count > MaxExplainedWords || texts.Sum(text => (long)text.Text.Length) > MaxExplainedCharacters)
            throw ServingException.ForField(
                ServingErrorCode.InvalidRequest, "explain",
                $"the texts have more than the {MaxExplainedWords} words or {MaxExplainedCharacters} characters that one request may have explained; "
                + "send fewer or shorter texts");

        model.Batcher.EnsureRoom(texts.Count + count);
        for (var i = 0; i < texts.Count; i++)
            texts[i].WithoutWord = [.. WithoutWords(model, request, texts[i], i, rows)];
    }

    // Without a word of the part that was kept, words of the part that was cut would take its place, so the difference would not be due to that word.
    private static void RefuseCutTexts(ServedClassifier model, ClassificationRequest request, IReadOnlyList<TextToClassify> texts)
    {
        var faults = new InputFaults(request.FieldOf);
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i].Truncated)
                faults.Add(
                    ServingErrorCode.InvalidRequest, i,
                    $"The text has more than the {model.Manifest.Limits.MaxInputTokens} tokens this model takes; "
                    + "a text that is cut cannot be explained, shorten it.");
        }

        faults.ThrowIfAny();
    }

    private static IEnumerable<EncoderRow?> WithoutWords(
        ServedClassifier model, ClassificationRequest request, TextToClassify text, int index, ExchangeRows rows)
    {
        foreach (var word in text.Words)
        {
            rows.ThrowIfOver();
            var rest = TextToClassify.Read(model, request, WordSpans.Without(text.Text, word), index);
            yield return rest.Ids.Length == 0 ? null : rows.Add(index, rest);
        }
    }
}
