namespace SeqServe.Core.Decoding;

/// <summary>
/// The bytes that the rows of all decoding loops hold together. Who does not get what it asks for waits; while one waits no other gets more, so that each gets
/// its turn. Safe for concurrent use.
/// </summary>
/// <param name="limit">Most bytes, 1 or more.</param>
public sealed class CacheBudget(long limit)
{
    private readonly Lock _gate = new();
    private readonly List<LoopRoom> _waiting = [];
    private long _held;

    /// <summary>Most bytes.</summary>
    public long Limit => limit;

    /// <summary>Bytes that are held now.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>The limit where none is configured: half of the memory there is.</summary>
    /// <param name="memory">Bytes that the process may use.</param>
    public static long LimitOf(long memory) => Math.Max(1, memory / 2);

    /// <summary>Counts what a loop is about to use more.</summary>
    /// <returns>False, with nothing counted, when others hold it or wait for it; the loop then waits, and is woken when it is worth another try.</returns>
    internal bool TryHold(LoopRoom room, long bytes)
    {
        LoopRoom? next;
        bool isHeld;
        lock (_gate)
        {
            var isTurn = _waiting.Count == 0 || _waiting[0] == room;
            isHeld = isTurn && _held + bytes <= limit;
            if (isHeld)
            {
                _held += bytes;
                _waiting.Remove(room);
            }
            else if (!_waiting.Contains(room))
            {
                _waiting.Add(room);
            }

            // Whoever is first may have lost what it waited with, and must be asked.
            next = _waiting.Count > 0 && _waiting[0] != room ? _waiting[0] : null;
        }

        next?.Wake();
        return isHeld;
    }

    /// <summary>Counts what a loop uses no more.</summary>
    internal void Return(long bytes)
    {
        LoopRoom? next;
        lock (_gate)
        {
            _held -= bytes;
            next = _waiting.Count > 0 ? _waiting[0] : null;
        }

        next?.Wake();
    }

    /// <summary>A loop has nothing more to wait with.</summary>
    internal void Forget(LoopRoom room)
    {
        LoopRoom? next;
        lock (_gate)
            next = _waiting.Remove(room) && _waiting.Count > 0 ? _waiting[0] : null;
        next?.Wake();
    }
}
