using SeqServe.Api.Json;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Requests;

/// <summary>What every route that takes prompts asks of them.</summary>
internal static class ClientPrompts
{
    /// <summary>The prompts of a request.</summary>
    /// <param name="prompts">The field as it was read, or null when it is missing.</param>
    /// <param name="field">Its name.</param>
    /// <param name="most">Most prompts of a request.</param>
    /// <exception cref="ServingException">There are none, or too many.</exception>
    public static PromptSet Check(PromptInputs? prompts, string field, int most)
    {
        if (prompts is null)
            throw Refuse("is missing; add a text, an array of texts, an array of token ids or an array of such arrays");
        if (prompts.Count == 0)
            throw Refuse("is an empty array; send at least one text");
        if (prompts.Count > most)
            throw Refuse($"holds {prompts.Count} prompts, at most {most} are taken; send several requests");
        return new PromptSet(prompts.Prompts, prompts.IsSingle, field);

        ServingException Refuse(string message) => ServingException.ForField(ServingErrorCode.InvalidRequest, field, message);
    }
}
