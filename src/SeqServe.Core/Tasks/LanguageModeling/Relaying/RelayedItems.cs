using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace SeqServe.Core.Tasks.LanguageModeling.Relaying;

/// <summary>
/// What is made for one reader, in order. Unbounded: whoever adds is never held up. The reader goes on on the relay's thread, and finds all that was added since it looked last.
/// </summary>
/// <param name="relay">Wakes the reader.</param>
internal sealed class RelayedItems<T>(Relay relay) : IRelayed, IValueTaskSource<bool>
{
    private readonly ConcurrentQueue<T> _items = new();
    private ManualResetValueTaskSourceCore<bool> _wait;
    private ExceptionDispatchInfo? _failure;
    private int _isEnding;
    private volatile bool _hasEnded;
    private int _isPosted;
    private int _waits;

    /// <summary>Adds an item; a reader that waits is not woken before <see cref="Show"/> or <see cref="End"/>.</summary>
    public void Add(T item) => _items.Enqueue(item);

    /// <summary>Has the reader woken, if there is something for it.</summary>
    public void Show()
    {
        if (!_items.IsEmpty)
            Post();
    }

    /// <summary>Says that no more will come; the first call counts.</summary>
    /// <param name="failure">What the reader is to be told behind the last item, or null.</param>
    public void End(Exception? failure = null)
    {
        if (Interlocked.Exchange(ref _isEnding, 1) != 0)
            return;
        if (failure is not null)
            _failure = ExceptionDispatchInfo.Capture(failure);
        _hasEnded = true;
        Post();
    }

    /// <summary>Takes the next item, if there is one.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item) => _items.TryDequeue(out item);

    /// <summary>Waits until there is something to take; one wait at a time.</summary>
    /// <returns>False when all has been taken and no more will come; what ended it early is thrown.</returns>
    public async ValueTask<bool> WaitAsync()
    {
        while (true)
        {
            // Read before the items: what was added before the end is there once the end is seen.
            var hasEnded = _hasEnded;
            if (!_items.IsEmpty)
                return true;
            if (hasEnded)
            {
                _failure?.Throw();
                return false;
            }

            await NextWakeAsync().ConfigureAwait(false);
        }
    }

    void IRelayed.Wake()
    {
        Interlocked.Exchange(ref _isPosted, 0);
        if (Interlocked.Exchange(ref _waits, 0) == 1)
            _wait.SetResult(true);
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private ValueTask<bool> NextWakeAsync()
    {
        _wait.Reset();
        Interlocked.Exchange(ref _waits, 1);
        // Something came before anybody could know that it was waited for.
        return (!_items.IsEmpty || _hasEnded) && Interlocked.Exchange(ref _waits, 0) == 1
            ? ValueTask.FromResult(true)
            : new ValueTask<bool>(this, _wait.Version);
    }

    private void Post()
    {
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
            relay.Post(this);
    }
}
