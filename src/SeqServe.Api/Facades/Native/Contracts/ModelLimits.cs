namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>What a request may ask of a model.</summary>
/// <param name="MaxInputTokens" example="256">Most tokens of one text.</param>
/// <param name="MaxOutputTokens" example="160">Most tokens of one answer, for models that generate.</param>
public sealed record ModelLimits(int MaxInputTokens, int? MaxOutputTokens);
