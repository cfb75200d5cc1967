namespace SeqServe.Api.Facades.OpenAI.Contracts;

/// <summary>What a request cost.</summary>
/// <param name="PromptTokens" example="6">Tokens of all prompts.</param>
/// <param name="CompletionTokens" example="24">Tokens of all answers.</param>
/// <param name="TotalTokens" example="30">Both.</param>
public sealed record CompletionsUsage(int PromptTokens, int CompletionTokens, int TotalTokens);
