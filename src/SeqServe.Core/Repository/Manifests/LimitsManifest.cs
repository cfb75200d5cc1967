namespace SeqServe.Core.Repository.Manifests;

/// <summary>What a request may ask of a model.</summary>
/// <param name="MaxInputTokens">Most tokens of one text, begin and end ids included.</param>
/// <param name="MaxOutputTokens">Most tokens of one answer, or null for tasks that generate none.</param>
public sealed record LimitsManifest(int MaxInputTokens, int? MaxOutputTokens);
