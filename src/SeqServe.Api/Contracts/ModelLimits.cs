namespace SeqServe.Api.Contracts;

/// <summary>What a request may ask of a model.</summary>
/// <param name="MaxInputTokens">Most tokens of one text. <example>256</example></param>
/// <param name="MaxOutputTokens">Most tokens of one answer, for models that generate. <example>160</example></param>
public sealed record ModelLimits(int MaxInputTokens, int? MaxOutputTokens);
