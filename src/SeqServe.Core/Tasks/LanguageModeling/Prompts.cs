namespace SeqServe.Core.Tasks.LanguageModeling;

/// <summary>What a language model reads first: a text, or the token ids themselves.</summary>
/// <param name="Text">The text, or null.</param>
/// <param name="Ids">Token ids, taken as they are, or null.</param>
public sealed record Prompt(string? Text, IReadOnlyList<int>? Ids)
{
    /// <summary>A prompt in words.</summary>
    public static Prompt OfText(string text) => new(text, null);

    /// <summary>A prompt in token ids.</summary>
    public static Prompt OfIds(IReadOnlyList<int> ids) => new(null, ids);
}

/// <summary>The prompts of one request.</summary>
/// <param name="Prompts">At least one.</param>
/// <param name="IsSingle">Whether the caller sent one and not an array; only the names of fields in messages depend on it.</param>
/// <param name="Field">The field they came in.</param>
public sealed record PromptSet(IReadOnlyList<Prompt> Prompts, bool IsSingle, string Field)
{
    /// <summary>The name of a prompt's field, as the caller wrote it.</summary>
    public string FieldOf(int index) => IsSingle ? Field : $"{Field}[{index}]";
}
