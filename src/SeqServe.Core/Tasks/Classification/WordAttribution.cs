namespace SeqServe.Core.Tasks.Classification;

/// <summary>What one word contributes to the predicted label.</summary>
/// <param name="Word">The word as it stands in the text.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="End">Where it ends (exclusive).</param>
/// <param name="Weight">Log-probability of the predicted label with the word minus that without it: above 0 the word speaks for the label.</param>
public readonly record struct WordAttribution(string Word, int Start, int End, double Weight);
