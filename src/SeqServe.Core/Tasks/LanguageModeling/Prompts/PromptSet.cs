namespace SeqServe.Core.Tasks.LanguageModeling.Prompts;

/// <summary>The prompts of one request.</summary>
/// <param name="Prompts">At least one.</param>
/// <param name="IsSingle">Whether the caller sent one and not an array; only the names of fields in messages depend on it.</param>
/// <param name="Field">The field they came in.</param>
public sealed record PromptSet(IReadOnlyList<Prompt> Prompts, bool IsSingle, string Field)
{
    /// <summary>The name of a prompt's field, as the caller wrote it.</summary>
    public string FieldOf(int index) => IsSingle ? Field : $"{Field}[{index}]";
}
