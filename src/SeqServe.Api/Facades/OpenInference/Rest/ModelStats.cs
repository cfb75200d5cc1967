using System.Text.Json.Serialization;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>What models have done since they were loaded.</summary>
/// <param name="Stats">One for each version that serves.</param>
public sealed record ModelStats([property: JsonPropertyName("model_stats")] IReadOnlyList<ModelStat> Stats);

/// <summary>What a model version has done since it was loaded.</summary>
/// <param name="Name">The model.</param>
/// <param name="Version">Its version.</param>
/// <param name="LastInference">When the last request ended, in milliseconds since 1970.</param>
/// <param name="InferenceCount">Rows that were run.</param>
/// <param name="ExecutionCount">Runs.</param>
/// <param name="InferenceStats">Requests and where their time went.</param>
/// <param name="BatchStats">Runs by their rows.</param>
public sealed record ModelStat(
    string Name,
    string Version,
    long LastInference,
    long InferenceCount,
    long ExecutionCount,
    InferenceStat InferenceStats,
    IReadOnlyList<BatchStat> BatchStats);

/// <summary>Requests and where their time went.</summary>
/// <param name="Success">Requests answered, and their time from the first byte to the answer.</param>
/// <param name="Fail">Requests not answered.</param>
/// <param name="Queue">Their wait for a run.</param>
/// <param name="ComputeInput">Tokenization.</param>
/// <param name="ComputeInfer">Runs.</param>
/// <param name="ComputeOutput">Not measured on its own; zero.</param>
/// <param name="CacheHit">No answer comes from a cache; zero.</param>
public sealed record InferenceStat(
    DurationStat Success,
    DurationStat Fail,
    DurationStat Queue,
    DurationStat ComputeInput,
    DurationStat ComputeInfer,
    DurationStat ComputeOutput,
    DurationStat CacheHit);

/// <summary>Runs of a number of rows.</summary>
/// <param name="BatchSize">The rows.</param>
/// <param name="ComputeInput">Not measured on its own; zero.</param>
/// <param name="ComputeInfer">The runs.</param>
/// <param name="ComputeOutput">Not measured on its own; zero.</param>
public sealed record BatchStat(int BatchSize, DurationStat ComputeInput, DurationStat ComputeInfer, DurationStat ComputeOutput);

/// <summary>How often, and how long in all.</summary>
/// <param name="Count">How often.</param>
/// <param name="Ns">Nanoseconds.</param>
public readonly record struct DurationStat(long Count, long Ns);
