using Microsoft.Extensions.Logging;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Decoding;

/// <summary>
/// The queue of one generating model version and the decoding loops behind it. Sequences enter and leave between two decode steps, so a short one never waits
/// for the end of a long one. There is one loop for each run that can go on at once; a loop asks for run permits like any batch, so models share the compute
/// threads.
/// </summary>
public sealed class ContinuousBatcher : IRowOwner<ActiveSequence>, IAdmission, IDisposable
{
    private readonly SequenceQueue _queue;
    private readonly DecodeLoop[] _loops;
    private readonly RunScheduler _scheduler;
    private readonly CacheUse _caches;

    /// <summary>Makes a batcher.</summary>
    /// <param name="limits">What a loop and the queue may hold; the batch size is the number of a loop's slots.</param>
    /// <param name="prefills">One for each loop, with rows of its own; owned by the batcher.</param>
    /// <param name="caches">The memory that rows take.</param>
    /// <param name="threadsPerRun">CPU threads that a run takes.</param>
    /// <param name="runs">The runs of the model.</param>
    /// <param name="metrics">Where runs are counted; owned by the caller.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For failed runs.</param>
    internal ContinuousBatcher(
        BatchLimits limits,
        IReadOnlyList<Prefill> prefills,
        CacheUse caches,
        int threadsPerRun,
        ModelRuns runs,
        ModelMetrics metrics,
        TimeProvider time,
        ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prefills.Count, 1);
        Limits = limits;
        _caches = caches;
        _scheduler = runs.Scheduler;
        _queue = new SequenceQueue(limits, prefills.Count, time);
        _loops = [.. prefills.Select(prefill => new DecodeLoop(_queue, prefill, limits, caches, threadsPerRun, runs, metrics, time, logger))];
        metrics.ObserveQueue(() => Depth, () => QueuedTokens);
        metrics.ObserveActive(() => ActiveSequences);
    }

    /// <summary>What a loop and the queue may hold; the batch size is the number of a loop's slots.</summary>
    public BatchLimits Limits { get; }

    /// <summary>Sequences that wait.</summary>
    public int Depth => _queue.Depth;

    /// <summary>Input tokens of the sequences that wait.</summary>
    public long QueuedTokens => _queue.Tokens;

    /// <summary>Sequences that are prefilled or decoded.</summary>
    public int ActiveSequences => _queue.InFlight;

    /// <inheritdoc/>
    public QueueRefusal? Refusal(int rows, TimeSpan? left = null) => _queue.Refusal(rows, left);

    /// <summary>Queues sequences, all or none. Await their <see cref="QueuedRow.Completion"/>; the batcher never runs the awaiting code.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.Overloaded"/> when the queue has no room, <see cref="ServingErrorCode.InvalidRequest"/> for a sequence of more rows than a
    /// loop has slots or of more memory than there may ever be, <see cref="ServingErrorCode.Draining"/> after disposal.
    /// </exception>
    public void Enqueue(IReadOnlyList<ActiveSequence> sequences)
    {
        foreach (var sequence in sequences)
        {
            if (sequence.MaxRows > Limits.MaxBatchSize)
                throw TooManyRows(sequence);
            if (!_caches.CanHold(sequence))
                throw TooLarge(sequence);
        }

        if (_scheduler.IsStopped)
            throw RowFailures.Closed();
        _queue.Add(sequences);
        foreach (var loop in _loops)
            loop.Schedule();
    }

    /// <inheritdoc/>
    public void Cancel(ActiveSequence row, Exception reason) => _queue.Cancel(row, reason);

    /// <summary>Refuses new sequences, fails those that wait or are in flight, and returns when the last run has ended.</summary>
    public void Dispose()
    {
        if (!_queue.Close())
            return;
        foreach (var loop in _loops)
            loop.Dispose();
    }

    private ServingException TooManyRows(ActiveSequence sequence) => new(
        ServingErrorCode.InvalidRequest,
        $"The request needs {sequence.MaxRows} rows at once, the model has {Limits.MaxBatchSize}; use fewer beams.");

    private ServingException TooLarge(ActiveSequence sequence) => new(
        ServingErrorCode.InvalidRequest,
        $"The request needs {CacheUse.MebibytesOf(_caches.Cost, sequence)} MiB for what the model keeps of {sequence.Length} tokens in and "
        + $"{sequence.MostSteps} out, more than this server has for it; ask for fewer tokens, shorten the text or use fewer beams.");
}
