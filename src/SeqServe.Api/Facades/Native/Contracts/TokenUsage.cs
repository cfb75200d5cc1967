namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>What a request that makes text cost.</summary>
/// <param name="InputTokens" example="6">Tokens of all its texts.</param>
/// <param name="OutputTokens" example="7">Tokens of all answers.</param>
public sealed record TokenUsage(int InputTokens, int OutputTokens);
