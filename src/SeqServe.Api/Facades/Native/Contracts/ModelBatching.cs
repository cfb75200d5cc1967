namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>What a model's batches and its queue may hold.</summary>
/// <param name="MaxBatchSize" example="32">Most rows in a batch.</param>
/// <param name="MaxBatchTokens" example="4096">Most tokens in a batch, padding included.</param>
/// <param name="MaxQueueDelayMs" example="0">How long a row may wait for company while a thread is free.</param>
/// <param name="PreferredBatchSize" example="8">Rows at which a batch is closed, from the manifest or the plan; null while neither says.</param>
/// <param name="PreferredBatchTokens" example="384">Tokens at which a batch is closed, padding included, from the manifest or the plan; null while neither says.</param>
/// <param name="MaxPadding" example="0.1">Largest share of padding in a batch.</param>
/// <param name="QueueCapacity" example="1024">Most rows that may wait.</param>
/// <param name="QueueCapacityTokens" example="131072">Most tokens that may wait.</param>
/// <param name="MaxQueueWaitMs" example="2000">Predicted wait beyond which further requests are refused with 429; omitted where it is what 64 full batches take, in 100–2000 ms.</param>
/// <param name="Rows" example="independent">Which rows may share a batch, as a probe at load found: <c>independent</c> (any), <c>equal-lengths</c>, <c>equal-shapes</c> (of tensors) or <c>alone</c>; null while the model is not loaded.</param>
public sealed record ModelBatching(int MaxBatchSize, int MaxBatchTokens, double MaxQueueDelayMs, int? PreferredBatchSize, int? PreferredBatchTokens, double MaxPadding, int QueueCapacity, int QueueCapacityTokens, double? MaxQueueWaitMs, string? Rows);
