using SeqServe.Core.Batching;
using SeqServe.Core.Batching.Plans;

namespace SeqServe.Core.Tasks;

/// <summary>What a loaded model reports of itself beyond its manifest.</summary>
/// <param name="Limits">The limits of its batches and its queue in force.</param>
public sealed record ModelDetails(BatchLimits Limits)
{
    /// <summary>Names of its classes, or null for a model without.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Most tokens of a text and its answer together; null for a model whose answers are no continuation of their texts.</summary>
    public int? MaxContextTokens { get; init; }

    /// <summary>How it is batched and why, or null until it has been measured and for a kind that is not.</summary>
    public BatchPlan? Plan { get; init; }

    /// <summary>Its sessions and their threads, or null for a kind that does not report them.</summary>
    public SessionThreads? Sessions { get; init; }

    /// <summary>
    /// Which rows may share a batch: <c>independent</c> (any), <c>equal-lengths</c>, <c>equal-shapes</c> or <c>alone</c>; null for a
    /// kind whose rows are not batched by a rule.
    /// </summary>
    public string? Rows { get; init; }

    /// <summary>Which rule decided this: a sentence that names the operator, or what the trials at load found; null where <see cref="Rows"/> is.</summary>
    public string? RowsReason { get; init; }
}

/// <summary>The sessions of a model and the CPU threads of their runs.</summary>
/// <param name="Count">Open sessions.</param>
/// <param name="ThreadsPerRun">CPU threads of a run.</param>
/// <param name="LatencyThreads">CPU threads of a run on the latency session, or null where none is open.</param>
/// <param name="LatencyFromTokens">Padded tokens from which on a run that has the machine to itself goes there, or null for never.</param>
/// <param name="IsIsolated">Whether they are in a process of their own.</param>
public sealed record SessionThreads(int Count, int ThreadsPerRun, int? LatencyThreads = null, int? LatencyFromTokens = null, bool IsIsolated = false);
