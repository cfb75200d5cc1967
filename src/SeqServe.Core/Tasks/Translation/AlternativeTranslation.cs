namespace SeqServe.Core.Tasks.Translation;

/// <summary>A translation that the search found less probable.</summary>
/// <param name="Translation">The text.</param>
/// <param name="Score">Mean of its sentences' length-normalized log-probabilities.</param>
public sealed record AlternativeTranslation(string Translation, double Score);
