namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>What a request cost.</summary>
/// <param name="InputTokens" example="9">Tokens of all texts.</param>
public readonly record struct Usage(int InputTokens);
