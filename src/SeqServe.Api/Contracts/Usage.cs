namespace SeqServe.Api.Contracts;

/// <summary>What a request cost.</summary>
/// <param name="InputTokens">Tokens of all texts. <example>9</example></param>
public readonly record struct Usage(int InputTokens);
