namespace SeqServe.Core.Decoding;

/// <summary>A finished sequence.</summary>
/// <param name="Tokens">Its tokens, without the end id.</param>
/// <param name="Rows">For each token the row, of those present at its step, whose logits it was chosen from.</param>
/// <param name="Score">Its log-probability, divided by the length penalty: what sequences of different lengths are compared by.</param>
/// <param name="FinishReason">Why it ended.</param>
public sealed record Hypothesis(int[] Tokens, int[] Rows, double Score, FinishReason FinishReason);
