namespace SeqServe.Core.Tasks.Translation;

/// <summary>How a sentence's translation is searched.</summary>
/// <param name="Beams">Beams; 1 is greedy.</param>
/// <param name="LengthPenalty">Alpha of the length penalty.</param>
/// <param name="MaxTokens">Most tokens, or null for what the source's length suggests.</param>
/// <param name="ModelMaxTokens">Most tokens that the model may give.</param>
/// <param name="EndId">The id that ends a translation.</param>
/// <param name="KeepAttention">Whether attention weights are kept.</param>
internal sealed record SearchOptions(int Beams, double LengthPenalty, int? MaxTokens, int ModelMaxTokens, int EndId, bool KeepAttention);
