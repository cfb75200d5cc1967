namespace SeqServe.Core.Tasks.Translation;

/// <summary>A piece of a translation while it is made. The pieces of one text, joined, are its translation.</summary>
/// <param name="Index">Which text.</param>
/// <param name="Text">What is certain now; empty while a character is unfinished.</param>
/// <param name="TokenId">The token, or null for white space between sentences and what is not translated.</param>
/// <param name="LogProbability">Natural logarithm of the token's probability, or null with the token.</param>
public sealed record TranslationDelta(int Index, string Text, int? TokenId, double? LogProbability);

/// <summary>A token that a sentence's search has chosen.</summary>
/// <param name="Place">The sentence's place among those of its request.</param>
/// <param name="Token">The token; null when the sentence has no more.</param>
/// <param name="LogProbability">Natural logarithm of its probability.</param>
internal readonly record struct ChosenToken(int Place, int? Token, double LogProbability)
{
    /// <summary>The end of a sentence.</summary>
    public static ChosenToken End(int place) => new(place, null, 0);
}
