using SeqServe.Core.Errors;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.LanguageModeling;

/// <summary>Turns the prompts of a request into token ids, and refuses the request with all of its faulty prompts named.</summary>
/// <param name="model">The model that will read them.</param>
/// <param name="prompts">The prompts.</param>
/// <param name="continues">Whether they go on from a state: then nothing begins, and no begin id is put in front.</param>
internal sealed class PromptReader(ServedDecoder model, PromptSet prompts, bool continues)
{
    private readonly InputFaults _faults = new(prompts.FieldOf);
    private readonly int _limit = model.Manifest.Limits.MaxInputTokens;

    /// <summary>Token ids of every prompt, at least one each, all inside of the vocabulary.</summary>
    /// <param name="checkpoint">Called before each prompt; throws when the caller has left or the deadline has passed.</param>
    /// <exception cref="ServingException">Prompts are empty or too long, or hold ids outside of the vocabulary.</exception>
    public int[][] Read(Action checkpoint)
    {
        var ids = new int[prompts.Prompts.Count][];
        for (var i = 0; i < ids.Length; i++)
        {
            checkpoint();
            var prompt = prompts.Prompts[i];
            ids[i] = prompt.Ids is { } given ? Check(given, i) : Encode(prompt.Text!, i);
        }

        _faults.ThrowIfAny();
        return ids;
    }

    private int[] Encode(string text, int index)
    {
        var begin = continues && model.Manifest.Tokenizer!.Special.BeginId is not null ? 1 : 0;
        var tokens = model.ReadPrompt(text, _limit + begin);
        if (tokens.Ids.Length == 0 || (!model.ContinuesPrompts && IsBlank(text, tokens)))
            return _faults.Add(ServingErrorCode.InputEmpty, index, "The text has nothing to go on from; send at least one visible character.");
        return tokens.Truncated ? TooLong(index) : tokens.Ids[begin..];
    }

    // What a model puts around a source and in front of it is no text.
    private bool IsBlank(string text, TokenizedText tokens) =>
        tokens.Ids.Length <= model.Manifest.Tokenizer!.Special.Count || TextNormalizer.Normalize(text, TextNormalization.Nfkc).Length == 0;

    private int[] Check(IReadOnlyList<int> ids, int index)
    {
        if (ids.Count == 0)
            return _faults.Add(ServingErrorCode.InputEmpty, index, "The array has no token id; send at least one.");
        if (ids.Count > _limit)
            return TooLong(index);
        for (var i = 0; i < ids.Count; i++)
        {
            if (ids[i] < 0 || ids[i] >= model.PromptVocabularySize)
                return _faults.Add(ServingErrorCode.InvalidRequest, index,
                    $"Token id {ids[i]} at place {i} is outside of the vocabulary; ids are in 0–{model.PromptVocabularySize - 1}.");
        }

        return [.. ids];
    }

    private int[] TooLong(int index) =>
        _faults.Add(ServingErrorCode.InputTooLong, index, $"The prompt has more than the {_limit} tokens this model takes; shorten it.");
}
