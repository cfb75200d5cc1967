using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>All models.</summary>
public sealed class ModelList
{
    /// <summary>Always <c>list</c>.</summary>
    /// <example>list</example>
    [Required]
    public string Object { get; init; } = "list";

    /// <summary>The models, by name.</summary>
    [Required]
    public required IReadOnlyList<ModelObject> Data { get; init; }
}

/// <summary>A model of the repository.</summary>
public sealed class ModelObject
{
    /// <summary>Its name, to be used as <c>model</c>.</summary>
    /// <example>sentiment-lstm</example>
    [Required]
    public required string Id { get; init; }

    /// <summary>Always <c>model</c>.</summary>
    /// <example>model</example>
    [Required]
    public string Object { get; init; } = "model";

    /// <summary>When its newest version came into its state, in Unix seconds.</summary>
    /// <example>1767225600</example>
    public required long Created { get; init; }

    /// <summary>Always <c>seqserve</c>.</summary>
    /// <example>seqserve</example>
    [Required]
    public string OwnedBy { get; init; } = "seqserve";

    /// <summary>What it is asked to do; null when its manifest cannot be read.</summary>
    /// <example>classification</example>
    public string? Task { get; init; }

    /// <summary>Its architecture.</summary>
    /// <example>lstm</example>
    public string? Architecture { get; init; }

    /// <summary>One sentence about it.</summary>
    /// <example>Sentiment of English sentences by a bidirectional LSTM.</example>
    public string? Description { get; init; }

    /// <summary>Whether it answers requests of its task that name no model.</summary>
    /// <example>true</example>
    public required bool Default { get; init; }

    /// <summary>Its versions with their states.</summary>
    [Required]
    public required IReadOnlyList<ModelVersionObject> Versions { get; init; }

    /// <summary>Its labels.</summary>
    /// <example>["negative", "positive"]</example>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The languages it translates.</summary>
    public ModelLanguages? Languages { get; init; }

    /// <summary>What a request may ask of it.</summary>
    public ModelLimits? Limits { get; init; }

    /// <summary>What its batches and its queue may hold.</summary>
    public ModelBatching? Batching { get; init; }

    /// <summary>
    /// What was measured after loading; the batch size follows from it. Null until then, and for a model whose manifest sets the size itself.
    /// </summary>
    public ModelPlan? Plan { get; init; }

    /// <summary>The sessions of its newest version; null while it is not loaded, and for a model that is no classifier.</summary>
    public ModelSessions? Sessions { get; init; }

    /// <summary>Where its newest version runs: <c>cpu</c> or <c>cuda</c>.</summary>
    /// <example>cpu</example>
    public string? Device { get; init; }

    /// <summary>Its graphs, and which of their tensors plays which part; of a text model that is loaded.</summary>
    public IReadOnlyList<ModelGraph>? Graphs { get; init; }

    /// <summary>Its scores, from the model card.</summary>
    /// <example>{"accuracy": 84.2}</example>
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    /// <summary>What the scores were measured on.</summary>
    /// <example>SST-2 official test, 1,821 sentences</example>
    public string? MetricsOn { get; init; }

    /// <summary>Number of parameters.</summary>
    /// <example>1900000</example>
    public long? Parameters { get; init; }

    /// <summary>What it was trained on.</summary>
    /// <example>SST-2 sentences and phrases</example>
    public string? Data { get; init; }

    /// <summary>Licence of that data.</summary>
    /// <example>none stated upstream</example>
    public string? DataLicence { get; init; }

    /// <summary>Licence of the weights.</summary>
    /// <example>MIT</example>
    public string? Licence { get; init; }
}

/// <summary>A version and its state.</summary>
/// <param name="Version" example="1">The version.</param>
/// <param name="State" example="Ready"><c>Loading</c>, <c>Ready</c>, <c>Unloading</c> or <c>Unavailable</c>.</param>
/// <param name="Reason" example="is being loaded">
/// Why it does not serve and what to change. Of a version that is <c>Ready</c> it is empty, or says why what is in its folder now is not loaded while it
/// serves what was loaded before: by a load that failed, or found by polling. It stays until the folder is repaired or loaded.
/// </param>
/// <param name="Since" example="2026-01-01T00:00:00+00:00">When it came into this state.</param>
public sealed record ModelVersionObject(int Version, [property: Required] string State, [property: Required] string Reason, DateTimeOffset Since);

/// <summary>What a translator translates.</summary>
/// <param name="Source" example="en">Language code of its inputs.</param>
/// <param name="Target" example="fr">Language code of its outputs.</param>
public sealed record ModelLanguages([property: Required] string Source, [property: Required] string Target);

/// <summary>What a request may ask of a model.</summary>
/// <param name="MaxInputTokens" example="256">Most tokens of one text.</param>
/// <param name="MaxOutputTokens" example="160">Most tokens of one answer, for models that generate.</param>
/// <param name="MaxContextTokens" example="416">Most tokens of a text and its answer together; of a language model that is loaded.</param>
public sealed record ModelLimits(int MaxInputTokens, int? MaxOutputTokens, int? MaxContextTokens);

/// <summary>A graph of a text model.</summary>
/// <param name="Role" example="model">What the manifest calls it.</param>
/// <param name="Inputs" example="{&quot;ids&quot;: &quot;input_ids&quot;}">Names of its inputs by the parts that they play.</param>
/// <param name="Outputs" example="{&quot;logits&quot;: &quot;logits&quot;}">Names of its outputs likewise.</param>
public sealed record ModelGraph(
    [property: Required] string Role,
    [property: Required] IReadOnlyDictionary<string, string> Inputs,
    [property: Required] IReadOnlyDictionary<string, string> Outputs);

/// <summary>What a model's batches and its queue may hold.</summary>
/// <param name="MaxBatchSize" example="32">Most rows in a batch.</param>
/// <param name="MaxBatchTokens" example="4096">Most tokens in a batch, padding included.</param>
/// <param name="MaxQueueDelayMs" example="0">How long a row may wait for other rows while a thread is free.</param>
/// <param name="PreferredBatchSize" example="8">Rows at which a batch is closed, from the manifest or the plan; null while neither says.</param>
/// <param name="PreferredBatchTokens" example="384">Tokens at which a batch is closed, padding included, from the manifest or the plan; null while neither
/// says.</param>
/// <param name="MaxPadding" example="0.1">Largest share of padding in a batch.</param>
/// <param name="QueueCapacity" example="1024">Most rows that may wait.</param>
/// <param name="QueueCapacityTokens" example="131072">Most tokens that may wait.</param>
/// <param name="MaxQueueWaitMs" example="2000">Predicted wait beyond which further requests are refused with 429; omitted where it is what 64 full batches
/// take, in 100–2000 ms.</param>
/// <param name="Rows" example="independent">Which rows may share a batch, as a probe at load found: <c>independent</c> (any), <c>equal-lengths</c>,
/// <c>equal-shapes</c> (of tensors) or <c>alone</c>; null while the model is not loaded.</param>
/// <param name="RowsReason" example="Trials at load gave each row the same answer in every batch.">Which rule decided <c>rows</c>: the operator of the graph
/// that computes over all rows or cannot be followed, or what the trials at load found; null where <c>rows</c> is.</param>
public sealed record ModelBatching(
    int MaxBatchSize,
    int MaxBatchTokens,
    double MaxQueueDelayMs,
    int? PreferredBatchSize,
    int? PreferredBatchTokens,
    double MaxPadding,
    int QueueCapacity,
    int QueueCapacityTokens,
    double? MaxQueueWaitMs,
    string? Rows,
    string? RowsReason);

/// <summary>How a model is batched and run, and why.</summary>
/// <param name="BatchSize" example="8">Rows beyond which a larger batch answers no more rows a second; 1 means that batching does not pay.</param>
/// <param name="BatchTokens" example="384">Tokens, padding included, beyond which the same holds; null where long rows gain from as many neighbours as short
/// ones.</param>
/// <param name="MaxPadding" example="0.1">Largest share of padding that leaves a batch most of its gain.</param>
/// <param name="LatencyFromTokens" example="256">Tokens from which on a run that has the machine to itself goes to the latency session; null for never.</param>
/// <param name="Grid">The measured runs.</param>
public sealed record ModelPlan(int BatchSize, int? BatchTokens, double MaxPadding, int? LatencyFromTokens, IReadOnlyList<ModelPlanPoint> Grid);

/// <summary>One measured run.</summary>
/// <param name="Rows" example="8">Rows of the batch.</param>
/// <param name="Length" example="24">Tokens of each row.</param>
/// <param name="Threads" example="1">CPU threads of the run.</param>
/// <param name="Ms" example="1.37">Shortest run, in milliseconds.</param>
public readonly record struct ModelPlanPoint(int Rows, int Length, int Threads, double Ms);

/// <summary>The sessions of a model and the CPU threads of their runs.</summary>
/// <param name="Count" example="2">Open sessions.</param>
/// <param name="ThreadsPerRun" example="1">CPU threads of a run.</param>
/// <param name="LatencyThreads" example="2">CPU threads of a run on the latency session; null where none is open.</param>
/// <param name="LatencyFromTokens" example="256">Tokens from which on a run that has the machine to itself goes there; null for never.</param>
/// <param name="Isolation" example="none"><c>process</c> where a fault of the runtime ends a process of the model's own; <c>none</c>: the server's.</param>
public sealed record ModelSessions(int Count, int ThreadsPerRun, int? LatencyThreads, int? LatencyFromTokens, [property: Required] string Isolation);
