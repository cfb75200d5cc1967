using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks.LanguageModeling.Scoring;

/// <summary>
/// Turns texts into token ids from the begin id to the end id, as models read paragraphs in training; refuses the request with all of its faulty texts named.
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
        // Adds the begin and end ids that the tokenizer does not add.
        var tokenizer = model.Manifest.Tokenizer!;
        int[] begin = tokenizer.Special.BeginId is null ? [tokenizer.BeginId!.Value] : [];
        int[] end = tokenizer.Special.EndId is null ? [model.EndId] : [];
        var tokens = model.Tokenizer.Encode(request.Texts[index], model.ContextLength - begin.Length - end.Length);
        if (tokens.Ids.Length == 0)
            return _faults.Add(ServingErrorCode.InputEmpty, index, "The text has nothing to score; send at least one visible character.");
        if (tokens.Truncated)
            return _faults.Add(ServingErrorCode.InputTooLong, index,
                $"The text has more than the {model.ContextLength} tokens this model takes, its begin and end included; shorten it.");
        return [.. begin, .. tokens.Ids, .. end];
    }
}
