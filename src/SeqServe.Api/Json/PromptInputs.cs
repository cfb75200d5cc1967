using System.Text.Json.Serialization;

namespace SeqServe.Api.Json;

/// <summary>One prompt, or several: in JSON a string, an array of strings, an array of token ids, or an array of such arrays.</summary>
/// <param name="Prompts">The prompts.</param>
/// <param name="IsSingle">Whether it was written as a single one.</param>
/// <param name="Count">How many were sent; beyond what any server takes they are counted but not kept.</param>
[JsonConverter(typeof(PromptInputsConverter))]
public sealed record PromptInputs(IReadOnlyList<Prompt> Prompts, bool IsSingle, int Count);
