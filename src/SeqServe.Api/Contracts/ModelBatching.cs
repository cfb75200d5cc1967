namespace SeqServe.Api.Contracts;

/// <summary>What a model's batches and its queue may hold.</summary>
/// <param name="MaxBatchSize">Most rows in a batch. <example>32</example></param>
/// <param name="MaxBatchTokens">Most tokens in a batch, padding included. <example>4096</example></param>
/// <param name="MaxQueueDelayMs">How long a row may wait for company while a thread is free. <example>0</example></param>
/// <param name="QueueCapacity">Most rows that may wait. <example>1024</example></param>
public sealed record ModelBatching(int MaxBatchSize, int MaxBatchTokens, double MaxQueueDelayMs, int QueueCapacity);
