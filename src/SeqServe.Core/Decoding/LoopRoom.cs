using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>
/// What one decoding loop has room for: slots, and memory for what its rows read and write. One thread at a time, but for <see cref="Wake"/>.
/// </summary>
/// <param name="slots">Slots of the loop.</param>
/// <param name="cost">What a row takes.</param>
/// <param name="budget">The bytes of all loops.</param>
/// <param name="wake">Lets the loop try again.</param>
internal sealed class LoopRoom(int slots, CacheCost cost, CacheBudget budget, Action wake)
{
    private int _rows;
    private int _input;
    private int _output;
    private long _held;
    private bool _isRefused;
    private bool _isWaiting;
    private volatile bool _isWoken;

    /// <summary>Slots that are free.</summary>
    public int FreeSlots => slots - _rows;

    /// <summary>Whether there is no memory for what waits, and none was given back since.</summary>
    public bool IsBlocked => _isRefused && !_isWoken;

    /// <summary>From here on it is asked again.</summary>
    public void Begin() => _isWoken = _isRefused = false;

    /// <summary>Counts what is in flight, and gives back what is used no more.</summary>
    public void Recount(List<ActiveSequence> inFlight)
    {
        (_rows, _input, _output) = (0, 0, 0);
        foreach (var sequence in inFlight)
            Add(sequence);
        var needed = cost.Of(_rows, _input, _output);
        if (needed >= _held)
            return;
        budget.Return(_held - needed);
        _held = needed;
    }

    /// <summary>Takes room for a sequence, if there is any.</summary>
    public bool TryTake(ActiveSequence sequence)
    {
        var rows = _rows + sequence.MaxRows;
        var (input, output) = (Math.Max(_input, sequence.Length), Math.Max(_output, sequence.MostSteps));
        if (rows > slots || !cost.Fits(rows, input, output))
            return false;
        var more = cost.Of(rows, input, output) - _held;
        if (more > 0)
        {
            _isWaiting = _isRefused = !budget.TryHold(this, more);
            if (_isRefused)
                return false;
            _held += more;
        }

        Add(sequence);
        return true;
    }

    /// <summary>Nothing waits: memory is given to others.</summary>
    public void Forget()
    {
        if (_isWaiting)
            budget.Forget(this);
        _isWaiting = false;
    }

    /// <summary>Memory was given back. Called on any thread.</summary>
    public void Wake()
    {
        _isWoken = true;
        wake();
    }

    private void Add(ActiveSequence sequence)
    {
        _rows += sequence.MaxRows;
        _input = Math.Max(_input, sequence.Length);
        _output = Math.Max(_output, sequence.MostSteps);
    }
}
