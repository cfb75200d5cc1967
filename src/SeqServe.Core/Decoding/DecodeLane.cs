using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Decoding;

/// <summary>
/// One decoding loop: sequences in flight and their rows. A turn prefills a piece of what joined and runs one decode step of all rows. One thread at a time.
/// </summary>
internal sealed partial class DecodeLane : IDisposable
{
    private readonly List<LaneSequence> _active = [];
    private readonly List<LaneSequence> _owners = [];
    private readonly List<int> _tokens = [];
    private readonly List<int> _freed = [];
    private readonly StepOutputs _outputs = new();
    private readonly IDecoderRows _rows;
    private readonly Prefill _prefill;
    private readonly PrefillBudget _budget;
    private readonly ModelMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Makes a lane.</summary>
    /// <param name="rows">Its rows; owned by the lane.</param>
    /// <param name="prefill">Reads its inputs; owned by the lane.</param>
    /// <param name="maxPrefillTokens">Most tokens of one prefill.</param>
    /// <param name="metrics">Where runs are counted; owned by the caller.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For failed runs.</param>
    public DecodeLane(IDecoderRows rows, Prefill prefill, int maxPrefillTokens, ModelMetrics metrics, TimeProvider time, ILogger logger)
    {
        _rows = rows;
        _prefill = prefill;
        _budget = new PrefillBudget(maxPrefillTokens);
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    /// <summary>Whether there is anything to run.</summary>
    public bool IsIdle => _active.Count == 0 && _prefill.Joined.Count == 0;

    /// <summary>Sequences in flight.</summary>
    public int Sequences => _active.Count + _prefill.Joined.Count;

    /// <summary>Input tokens of the sequences in flight.</summary>
    public long InputTokens
    {
        get
        {
            var tokens = _prefill.JoinedTokens;
            foreach (var active in _active)
                tokens += active.Sequence.Length;
            return tokens;
        }
    }

    /// <summary>Slots kept for the sequences in flight.</summary>
    public int Reserved { get; private set; }

    /// <summary>Tokens that may join now.</summary>
    public int JoiningTokens => _prefill.ReadsPieces ? _budget.Most : _budget.Tokens(_rows.Count);

    /// <summary>Frees the slots of sequences whose callers have gone.</summary>
    public void DropDeparted()
    {
        _prefill.Drop();
        for (var i = _active.Count - 1; i >= 0; i--)
        {
            if (_active[i].Sequence.Completion.IsCompleted)
                Leave(_active[i]);
        }

        CountReserved();
    }

    /// <summary>Takes sequences in, up to the slots that are free.</summary>
    public void Join(List<ActiveSequence> sequences)
    {
        var now = _time.GetTimestamp();
        foreach (var sequence in sequences)
            sequence.StartedAt = now;
        _prefill.Join(sequences);
        CountReserved();
    }

    /// <summary>Runs one turn on the calling thread.</summary>
    public void Run()
    {
        if (_prefill.Joined.Count > 0)
            _prefill.Run(this);
        if (_active.Count > 0)
            RunStep();
        CountReserved();
    }

    /// <summary>Fails everything that is in flight.</summary>
    public void FailAll(Exception reason)
    {
        foreach (var sequence in _prefill.Joined)
            sequence.Fail(reason);
        foreach (var active in _active)
            active.Sequence.Fail(reason);
        DropDeparted();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _prefill.Dispose();
        _rows.Dispose();
    }

    /// <summary>Runs a prefill and counts it; a failure of a lone sequence is handed to it.</summary>
    /// <returns>Whether the run succeeded.</returns>
    internal bool TryPrefill(IReadOnlyList<ActiveSequence> sequences, PaddedBatch batch, Action run)
    {
        var started = _time.GetTimestamp();
        if (!TryRun(run, sequences.Count, sequences.Count == 1 ? sequences[0] : null))
            return false;
        foreach (var sequence in sequences)
            sequence.BatchSize = Math.Max(sequence.BatchSize, sequences.Count);
        long useful = 0;
        foreach (var length in batch.Lengths.Span)
            useful += length;
        var computed = (long)batch.Rows * batch.Time;
        _budget.Prefilled(batch.Rows, batch.Time, _time.GetElapsedTime(started));
        _metrics.RunEnded(batch.Rows, useful, computed);
        return true;
    }

    /// <summary>Tokens of each of so many inputs that the next prefill may read.</summary>
    internal int PrefillColumns(int inputs) => _budget.Columns(_rows.Count, inputs);

    /// <summary>A sequence whose first step reads this token.</summary>
    internal void Enter(ActiveSequence sequence, int place, int token) => Enter(new LaneSequence(sequence), place, token);

    /// <summary>A sequence that was advanced already and goes on from this one row.</summary>
    internal void EnterAdvanced(LaneSequence active, int place)
    {
        active.Places.Clear();
        active.Tokens.Clear();
        Enter(active, place, token: 0);
        Follow(active);
    }

    /// <summary>Lets a sequence choose how it goes on.</summary>
    /// <returns>Whether it goes on; one that does not is completed or has failed.</returns>
    internal bool TryAdvance(LaneSequence active, StepOutputs outputs)
    {
        var sequence = active.Sequence;
        active.Following.Clear();
        try
        {
            for (var i = 0; i < outputs.Count; i++)
            {
                if (!TensorPrimitives.IsFiniteAll(outputs.Logits(i)))
                    throw new BackendException("The graph computed a logit that is not finite.");
            }

            Clock(active);
            sequence.Advance(outputs, active.Following);
            active.CheckFollowing(outputs.Count);
        }
        catch (Exception e)
        {
            AdvanceFailed(_logger, sequence.TraceContext.TraceId, e);
            sequence.Fail(RowFailures.Of(e));
            return false;
        }

        if (active.Following.Rows.Length > 0)
            return true;
        sequence.FinishedAt = _time.GetTimestamp();
        sequence.Complete();
        return false;
    }

    private void RunStep()
    {
        FillTokens();
        var started = _time.GetTimestamp();
        if (TryRun(() => _rows.RunStep(CollectionsMarshal.AsSpan(_tokens)), _tokens.Count, _active.Count == 1 ? _active[0].Sequence : null))
        {
            _budget.Stepped(_tokens.Count, _time.GetElapsedTime(started));
            _metrics.RunEnded(_tokens.Count, _tokens.Count, _tokens.Count);
        }
        else if (_active.Count > 1)
        {
            StepOneByOne();
        }

        AdvanceAll();
    }

    private void FillTokens()
    {
        CollectionsMarshal.SetCount(_tokens, _rows.Count);
        var tokens = CollectionsMarshal.AsSpan(_tokens);
        foreach (var active in _active)
        {
            for (var i = 0; i < active.Places.Count; i++)
                tokens[active.Places[i]] = active.Tokens[i];
        }
    }

    // One bad row must fail alone: each row takes the step by itself.
    private void StepOneByOne()
    {
        foreach (var active in _active)
        {
            foreach (var place in active.Places)
            {
                var token = _tokens[place];
                if (!TryRun(() => _rows.RunStep([token], place), 1, active.Sequence))
                    break;
            }
        }
    }

    private void AdvanceAll()
    {
        // Logits are found by the place at the run, so all sequences choose before any row moves.
        foreach (var active in _active)
        {
            active.Sequence.BatchSize = Math.Max(active.Sequence.BatchSize, _tokens.Count);
            _outputs.Show(_rows, active.Places);
            if (!active.Sequence.Completion.IsCompleted)
                TryAdvance(active, _outputs);
        }

        foreach (var active in _active)
            active.Sequence.Publish();

        for (var i = _active.Count - 1; i >= 0; i--)
        {
            if (_active[i].Sequence.Completion.IsCompleted)
                Leave(_active[i]);
            else
                Follow(_active[i]);
        }
    }

    private void Enter(LaneSequence active, int place, int token)
    {
        active.Enter(place, token);
        _active.Add(active);
        SetOwner(place, active);
    }

    private void Leave(LaneSequence active)
    {
        _active.Remove(active);
        _freed.AddRange(active.Places);
        active.Places.Clear();
        RemoveFreed();
    }

    private void Follow(LaneSequence active)
    {
        active.Follow(_rows, _freed);
        foreach (var place in active.Places)
            SetOwner(place, active);
        RemoveFreed();
    }

    // From the last place down, so that no place on the list is the one that moves.
    private void RemoveFreed()
    {
        _freed.Sort();
        for (var i = _freed.Count - 1; i >= 0; i--)
        {
            var place = _freed[i];
            var last = _rows.Count - 1;
            _rows.RemoveAt(place);
            if (place != last)
            {
                var moved = _owners[last];
                moved.Places[moved.Places.IndexOf(last)] = place;
                _owners[place] = moved;
            }

            _owners.RemoveAt(last);
        }

        _freed.Clear();
    }

    private void SetOwner(int place, LaneSequence active)
    {
        if (place == _owners.Count)
            _owners.Add(active);
        else
            _owners[place] = active;
    }

    private void CountReserved()
    {
        var reserved = 0;
        foreach (var active in _active)
            reserved += active.Sequence.MaxRows;
        foreach (var sequence in _prefill.Joined)
            reserved += sequence.MaxRows;
        Reserved = reserved;
    }

    private void Clock(LaneSequence active)
    {
        var now = _time.GetTimestamp();
        if (active.Sequence.Steps++ == 0)
        {
            active.Sequence.FirstTokenAt = now;
            _metrics.FirstToken(_time.GetElapsedTime(active.Sequence.EnqueuedAt, now));
        }
        else
        {
            _metrics.NextToken(_time.GetElapsedTime(active.AdvancedAt, now));
        }

        active.AdvancedAt = now;
    }

    private bool TryRun(Action run, int rows, ActiveSequence? alone)
    {
        try
        {
            run();
            return true;
        }
        catch (Exception e)
        {
            StepFailed(_logger, rows, e);
            alone?.Fail(RowFailures.Of(e));
            return false;
        }
    }

    [LoggerMessage(EventIds.StepFailed, LogLevel.Warning, "A run of {Rows} rows failed; each row is run again by itself")]
    private static partial void StepFailed(ILogger logger, int rows, Exception exception);

    [LoggerMessage(EventIds.AdvanceFailed, LogLevel.Error, "A sequence of trace {RequestTrace} could not go on")]
    private static partial void AdvanceFailed(ILogger logger, System.Diagnostics.ActivityTraceId requestTrace, Exception exception);
}
