namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>How a model is run, in the words of Triton's model configuration.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Platform">The runtime and the kind of file.</param>
/// <param name="Backend">The runtime.</param>
/// <param name="MaxBatchSize">Requests that may share a run; shapes then leave axis 0 out. 0 when each is run alone.</param>
/// <param name="Input">Inputs of its main graph.</param>
/// <param name="Output">Outputs of its main graph.</param>
/// <param name="DynamicBatching">How requests are batched; null when each is run alone.</param>
/// <param name="SequenceBatching">What is kept of sequences; null for a model without state.</param>
public sealed record ModelConfig(
    string Name,
    string Platform,
    string Backend,
    int MaxBatchSize,
    IReadOnlyList<TensorConfig> Input,
    IReadOnlyList<TensorConfig> Output,
    DynamicBatchingConfig? DynamicBatching,
    SequenceBatchingConfig? SequenceBatching);

/// <summary>An input or output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">What its elements are.</param>
/// <param name="Dims">Sizes of its axes, -1 where any will do; without axis 0 where requests may share a run.</param>
public sealed record TensorConfig(string Name, string DataType, IReadOnlyList<long> Dims);

/// <summary>How requests are batched.</summary>
/// <param name="MaxQueueDelayMicroseconds">How long a request may wait for others to share its run.</param>
public sealed record DynamicBatchingConfig(long MaxQueueDelayMicroseconds);

/// <summary>What is kept of sequences.</summary>
/// <param name="MaxSequenceIdleMicroseconds">How long a sequence is kept without a request.</param>
public sealed record SequenceBatchingConfig(long MaxSequenceIdleMicroseconds);
