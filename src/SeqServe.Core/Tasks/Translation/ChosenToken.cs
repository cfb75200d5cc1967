namespace SeqServe.Core.Tasks.Translation;

/// <summary>A token that a sentence's search has chosen.</summary>
/// <param name="Place">The sentence's place among those of its request.</param>
/// <param name="Token">The token; null when the sentence has no more.</param>
/// <param name="LogProbability">Natural logarithm of its probability.</param>
internal readonly record struct ChosenToken(int Place, int? Token, double LogProbability)
{
    /// <summary>The end of a sentence.</summary>
    public static ChosenToken End(int place) => new(place, null, 0);
}
