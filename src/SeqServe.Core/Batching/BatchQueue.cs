using System.Runtime.InteropServices;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Batching;

/// <summary>
/// The queue of one model version: which rows it takes, and which of them make the next batch. Not safe for concurrent use: its owner holds a lock; only
/// <see cref="Limits"/>, <see cref="Rate"/>, <see cref="Depth"/>, <see cref="Tokens"/> and <see cref="Refusal"/> may be used without.
/// </summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
internal sealed class BatchQueue<TRow>
    where TRow : QueuedRow
{
    private readonly RowQueue<TRow> _rows = new();
    private readonly List<int> _picked = [];
    private readonly TimeProvider _time;
    private readonly QueueAdmission _admission;
    private BatchLimits _limits;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="limits">What a batch and the queue may hold.</param>
    /// <param name="runs">Runs that go on side by side.</param>
    /// <param name="unit">What a row's length counts, for messages.</param>
    /// <param name="time">The clock.</param>
    public BatchQueue(BatchLimits limits, int runs, string unit, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        _admission = new QueueAdmission(limits, Rate, runs, unit);
    }

    /// <summary>What a batch and the queue may hold.</summary>
    public BatchLimits Limits => Volatile.Read(ref _limits);

    /// <summary>How fast the queue drains.</summary>
    public ServiceRate Rate { get; } = new();

    /// <summary>Rows that wait.</summary>
    public int Depth => _rows.Depth;

    /// <summary>Tokens of the rows that wait.</summary>
    public long Tokens => _rows.Tokens;

    /// <summary>Whether it takes no more rows.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>As <see cref="IAdmission.Refusal"/>.</summary>
    public QueueRefusal? Refusal(int rows, TimeSpan? left) => _admission.Refusal(Depth, Tokens, rows, rows, left);

    /// <summary>Sets what a measurement found to be best; what the limits already prefer stays.</summary>
    public void Prefer(int batchSize, int? batchTokens, double padding)
    {
        Volatile.Write(ref _limits, _limits with
        {
            PreferredBatchSize = _limits.PreferredBatchSize ?? batchSize,
            PreferredBatchTokens = _limits.PreferredBatchTokens ?? batchTokens,
            PreferredPadding = _limits.PreferredPadding ?? padding,
        });
        _admission.BatchSize = _limits.PreferredBatchSize!.Value;
    }

    /// <summary>Queues rows, all or none.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="tokens">Their tokens.</param>
    /// <exception cref="ServingException">There is no room for them, or the queue is closed.</exception>
    public void Add(IReadOnlyList<TRow> rows, long tokens)
    {
        if (IsClosed)
            throw RowFailures.Closed();
        if (_admission.Refusal(Depth, Tokens, rows.Count, tokens, left: null) is { } refusal)
            throw refusal.ToException();
        var now = _time.GetTimestamp();
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].Enqueued(_time, now);
            _rows.Add(rows[i]);
        }
    }

    /// <summary>Takes a cancelled row out of the count.</summary>
    public void Cancelled(TRow row) => _rows.Cancelled(row);

    /// <summary>
    /// Chooses the next batch and moves it out. Where that throws, every row is moved out, for the caller to fail: rows that cannot be taken must not wait
    /// for ever, nor be tried for ever.
    /// </summary>
    /// <param name="limits">What the batch may hold.</param>
    /// <param name="batch">Receives the rows.</param>
    /// <param name="tryTake">Takes room for a row, or says that there is none; null where only the number of rows counts.</param>
    /// <returns>How long to wait for other rows before, and then no row is moved; else zero.</returns>
    public TimeSpan Take(BatchLimits limits, List<TRow> batch, Func<TRow, bool>? tryTake = null)
    {
        try
        {
            var wait = Pick(limits);
            if (wait > TimeSpan.Zero)
                return wait;
            if (tryTake is not null)
                KeepFitting(tryTake);
            _rows.Take(_picked, batch);
            return TimeSpan.Zero;
        }
        catch
        {
            batch.AddRange(_rows.TakeAll());
            throw;
        }
    }

    /// <summary>Takes everything that waits.</summary>
    public List<TRow> TakeAll() => _rows.TakeAll();

    /// <summary>Takes no more rows.</summary>
    /// <returns>The rows that waited, or null when it was closed before.</returns>
    public List<TRow>? Close()
    {
        if (IsClosed)
            return null;
        IsClosed = true;
        return _rows.TakeAll();
    }

    private TimeSpan Pick(BatchLimits limits)
    {
        var oldest = _rows.Oldest();
        var age = oldest is null ? TimeSpan.Zero : _time.GetElapsedTime(oldest.EnqueuedAt);
        return BatchAssembler.Assemble(_rows.View(), limits, age, _picked);
    }

    // Drops rows from the first that there is no room for. The oldest row is first: none overtakes it for ever.
    private void KeepFitting(Func<TRow, bool> tryTake)
    {
        var kept = 0;
        while (kept < _picked.Count && tryTake(_rows[_picked[kept]]))
            kept++;
        _picked.RemoveRange(kept, _picked.Count - kept);
    }

    /// <summary>Tokens of rows together.</summary>
    public static long TokensOf(IReadOnlyList<TRow> rows)
    {
        long tokens = 0;
        for (var i = 0; i < rows.Count; i++)
            tokens += rows[i].Length;
        return tokens;
    }
}

/// <summary>
/// The waiting rows of one model version in the order of their ranks, oldest first within a priority class. Not safe for concurrent use: its owner holds a
/// lock; only <see cref="Depth"/> and <see cref="Tokens"/> may be read without.
/// </summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
internal sealed class RowQueue<TRow>
    where TRow : QueuedRow
{
    // Removing costs a pass over the list, so it is not done for every single one.
    private const int MaxCancelledKept = 64;

    private readonly List<TRow> _rows = [];
    private readonly List<WaitingRow> _view = [];
    private int _depth;
    private long _tokens;

    /// <summary>Rows that wait, cancelled ones not counted.</summary>
    public int Depth
    {
        get => Volatile.Read(ref _depth);
        private set => Volatile.Write(ref _depth, value);
    }

    /// <summary>Tokens of the rows that wait.</summary>
    public long Tokens
    {
        get => Volatile.Read(ref _tokens);
        private set => Volatile.Write(ref _tokens, value);
    }

    /// <summary>The row at an index of <see cref="View"/>.</summary>
    public TRow this[int index] => _rows[index];

    public void Add(TRow row)
    {
        // Nearly always at the end: only a row of a higher class goes further forward.
        var index = _rows.Count;
        while (index > 0 && _rows[index - 1].Rank > row.Rank)
            index--;
        _rows.Insert(index, row);
        Depth++;
        Tokens += row.Length;
    }

    /// <summary>Takes a cancelled row out of the count; the row itself is removed with the next batch, or when more rows are cancelled than wait.</summary>
    public void Cancelled(TRow row)
    {
        Depth--;
        Tokens -= row.Length;
        if (_rows.Count > (2 * Depth) + MaxCancelledKept)
            _rows.RemoveAll(static row => !row.IsWaiting);
    }

    /// <summary>The first row that is not cancelled, or null.</summary>
    public TRow? Oldest()
    {
        foreach (var row in _rows)
        {
            if (!row.IsCancelled)
                return row;
        }

        return null;
    }

    /// <summary>What the assembler chooses from: an entry per row in order of arrival, as far as the assembler looks ahead.</summary>
    public ReadOnlySpan<WaitingRow> View()
    {
        _view.Clear();
        var present = 0;
        foreach (var row in _rows)
        {
            _view.Add(new WaitingRow(row.Length, row.IsCancelled, row.Kind));
            if (!row.IsCancelled && ++present > BatchAssembler.LookAhead)
                break;
        }

        return CollectionsMarshal.AsSpan(_view);
    }

    /// <summary>Moves the rows at these indices of <see cref="View"/> into a batch and forgets the cancelled ones.</summary>
    public void Take(List<int> picked, List<TRow> batch)
    {
        foreach (var index in picked)
        {
            var row = _rows[index];
            if (!row.TryStart())
                continue;
            batch.Add(row);
            Depth--;
            Tokens -= row.Length;
        }

        _rows.RemoveAll(static row => !row.IsWaiting);
    }

    /// <summary>Takes everything that waits.</summary>
    public List<TRow> TakeAll()
    {
        var taken = new List<TRow>(_rows.Count);
        Take([.. Enumerable.Range(0, _rows.Count)], taken);
        return taken;
    }
}

/// <summary>What the assembler needs to know of a waiting row.</summary>
/// <param name="Length">Its tokens.</param>
/// <param name="IsCancelled">Whether its caller has left or its deadline has passed.</param>
/// <param name="Kind">Rows of different kinds never share a batch.</param>
internal readonly record struct WaitingRow(int Length, bool IsCancelled, int Kind = 0);

/// <summary>Refuses early what a queue cannot take or cannot answer in time, and says when a retry makes sense.</summary>
/// <param name="limits">What the queue may hold.</param>
/// <param name="rate">How fast it drains.</param>
/// <param name="runs">Runs that go on side by side.</param>
/// <param name="unit">What a row's length counts, for messages.</param>
internal sealed class QueueAdmission(BatchLimits limits, ServiceRate rate, int runs, string unit = "tokens")
{
    /// <summary>This many batches may wait even if their wait is long: rows of near length are found among far fewer.</summary>
    internal const int Batches = 64;

    // Of short runs many more batches than that may wait: a burst that an idle server answers in a tenth of a second is no overload.
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(2);

    private const string Later = "Retry after the time in Retry-After.";

    private readonly string _rowsFull = $"The model's queue is full: {limits.QueueCapacity} rows may wait. {Later}";
    private readonly string _tokensFull = $"The model's queue is full: {limits.QueueCapacityTokens} {unit} may wait. {Later}";

    /// <summary>Rows of a full batch; a measurement may set it later.</summary>
    public int BatchSize { get; set; } = limits.PreferredBatchSize ?? limits.MaxBatchSize;

    /// <summary>Checks a request against what already waits.</summary>
    /// <param name="depth">Rows that wait.</param>
    /// <param name="queued">Their tokens.</param>
    /// <param name="rows">Rows of the request.</param>
    /// <param name="tokens">Their tokens, or a lower bound while they are not known.</param>
    /// <param name="left">Time until the request's deadline, or null for any.</param>
    /// <returns>Null to let it in.</returns>
    public QueueRefusal? Refusal(int depth, long queued, int rows, long tokens, TimeSpan? left)
    {
        if (rows > limits.QueueCapacity)
            return NeverFits($"The request needs {rows} rows, the model's queue holds {limits.QueueCapacity}; send fewer inputs per request.");
        if (tokens > limits.QueueCapacityTokens)
        {
            return NeverFits(
                $"The request has {tokens} tokens, the model's queue holds {limits.QueueCapacityTokens}; send fewer or shorter inputs per request.");
        }

        var wait = rate.PredictWait(queued, runs);
        if (depth + rows > limits.QueueCapacity)
            return Overloaded(_rowsFull, wait);
        if (queued + tokens > limits.QueueCapacityTokens)
            return Overloaded(_tokensFull, wait);
        if (IsTooLong(wait, depth))
            return Overloaded($"The model's queue would take too long to reach this request. {Later}", wait);
        return wait > left ? Overloaded($"The request's deadline would pass while it waits in the model's queue. {Later}", wait) : null;
    }

    private bool IsTooLong(TimeSpan wait, int depth) =>
        limits.MaxQueueWait is { } longest ? wait > longest : wait > s_long || (wait > s_short && depth > Batches * BatchSize);

    private static QueueRefusal NeverFits(string detail) => new(ServingErrorCode.InvalidRequest, detail);

    private static QueueRefusal Overloaded(string detail, TimeSpan wait) => new(ServingErrorCode.Overloaded, detail, wait);
}

/// <summary>How long a token takes, as an exponentially weighted mean over the last runs; predicts how long a queue takes to drain.</summary>
internal sealed class ServiceRate
{
    // A run's weight: the mean follows a change of load within some ten runs and is not thrown by one outlier.
    private const double Weight = 0.1;

    private readonly Lock _gate = new();
    private double _secondsPerToken;

    public void Add(long computedTokens, TimeSpan took)
    {
        var sample = took.TotalSeconds / computedTokens;
        lock (_gate)
            Volatile.Write(ref _secondsPerToken, _secondsPerToken == 0 ? sample : _secondsPerToken + (Weight * (sample - _secondsPerToken)));
    }

    /// <summary>Time until this many waiting tokens are done with this many runs side by side; zero before the first run.</summary>
    public TimeSpan PredictWait(long tokens, int threads) => TimeSpan.FromSeconds(tokens * Volatile.Read(ref _secondsPerToken) / threads);
}
