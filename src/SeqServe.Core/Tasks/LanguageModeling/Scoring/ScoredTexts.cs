using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks.LanguageModeling.Scoring;

/// <summary>
/// Turns texts into token ids as models read paragraphs in training, from the begin id to the end id where they have them; refuses the request with all of
/// its faulty texts named.
/// </summary>
internal sealed class ScoredTexts(ScoringRequest request, ServedLanguageModel model)
{
    private readonly InputFaults _faults = new(request.FieldOf);

    /// <summary>Token ids of every text, at least two each.</summary>
    /// <param name="checkpoint">Called before each text; throws when the caller has left or the deadline has passed.</param>
    /// <exception cref="ServingException">Texts are empty or too long.</exception>
    public int[][] Read(Action checkpoint)
    {
        var ids = new int[request.Texts.Count][];
        for (var i = 0; i < ids.Length; i++)
        {
            checkpoint();
            ids[i] = Encode(i);
        }

        _faults.ThrowIfAny();
        return ids;
    }

    private int[] Encode(int index)
    {
        // Adds the begin and end ids that the tokenizer does not add; what a tokenizer that says all of itself does not add, such a model is not asked for.
        var tokenizer = model.Manifest.Tokenizer!;
        int[] begin = tokenizer.Special.BeginId is null && tokenizer.BeginId is { } beginId ? [beginId] : [];
        int[] end = tokenizer.Special.EndId is null && !tokenizer.DescribesItself ? [tokenizer.EndId!.Value] : [];
        var tokens = model.Tokenizer.Encode(request.Texts[index], model.ContextLength - begin.Length - end.Length);
        if (tokens.Ids.Length == 0)
            return _faults.Add(ServingErrorCode.InputEmpty, index, "The text has nothing to score; send at least one visible character.");
        if (tokens.Truncated)
            return _faults.Add(ServingErrorCode.InputTooLong, index,
                $"The text has more than the {model.ContextLength} tokens this model takes, its begin and end included; shorten it.");
        int[] ids = [.. begin, .. tokens.Ids, .. end];
        return ids.Length > 1
            ? ids
            : _faults.Add(ServingErrorCode.InputEmpty, index, "The text is one token, and nothing stands before it; send a longer text.");
    }
}
