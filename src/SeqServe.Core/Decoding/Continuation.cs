namespace SeqServe.Core.Decoding;

/// <summary>A row of the next step.</summary>
/// <param name="Parent">The present row that it goes on from.</param>
/// <param name="Token">The token that it reads.</param>
public readonly record struct Continuation(int Parent, int Token);
