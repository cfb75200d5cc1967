using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>What a model lets a completion ask for.</summary>
internal static class CompletionLimits
{
    // OpenAI's default.
    private const int DefaultMaxTokens = 16;

    /// <summary>Refuses what the model cannot do.</summary>
    /// <exception cref="ServingException">A field is out of the model's range.</exception>
    public static void Check(CompletionRequest request, ServedDecoder model)
    {
        var modelMaxTokens = model.Manifest.Limits.MaxOutputTokens!.Value;
        var least = model.ContinuesPrompts ? 0 : 1;
        if (request.MaxTokens is { } maxTokens && (maxTokens < least || maxTokens > modelMaxTokens))
            throw Refuse("max_tokens", $"must be in {least}–{modelMaxTokens}, the limit of this model");
        var slots = model.Batcher.Limits.MaxBatchSize;
        if (request.Choices < 1 || request.Choices > slots)
            throw Refuse("n", $"must be in 1–{slots}, the answers this model makes side by side");
        if (request.Echo && !model.ContinuesPrompts)
            throw Refuse("echo", $"is not possible: the answers of \"{model.Manifest.Name}\" do not continue their prompts; leave it out");
        foreach (var token in request.Sampling.LogitBias?.Keys ?? [])
        {
            if (token < 0 || token >= model.VocabularySize)
                throw Refuse("logit_bias", $"names token id {token}, which is outside of the vocabulary; ids are in 0–{model.VocabularySize - 1}");
        }
    }

    /// <summary>Most tokens of the answers to a prompt: of a text and its answer together, a model may take a number.</summary>
    /// <param name="request">The request, which has been checked.</param>
    /// <param name="model">The model.</param>
    /// <param name="promptTokens">Tokens of the prompt.</param>
    /// <exception cref="ServingException">More are asked for than there is room for behind the prompt.</exception>
    public static int MaxTokens(CompletionRequest request, ServedDecoder model, int promptTokens)
    {
        var room = model.RoomFor(promptTokens);
        if (request.MaxTokens > room)
        {
            throw Refuse(
                "max_tokens",
                $"is {request.MaxTokens}, but behind a prompt of {promptTokens} tokens there is room for {room}: the model takes {promptTokens + room} in all; "
                + "ask for fewer, or shorten the prompt");
        }

        return request.MaxTokens ?? Math.Min(model.UsualTokens(promptTokens) ?? DefaultMaxTokens, room);
    }

    private static ServingException Refuse(string field, string message) => ServingException.ForField(ServingErrorCode.InvalidRequest, field, message);
}
