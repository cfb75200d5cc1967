namespace SeqServe.Core.Tasks.LanguageModeling.Prompts;

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
