namespace SeqServe.Core.Decoding;

/// <summary>One row of a sequence's next step.</summary>
/// <param name="Parent">The present row of the sequence that it goes on from.</param>
/// <param name="Token">The token that it reads.</param>
public readonly record struct NextRow(int Parent, int Token);
