using System.Collections.Concurrent;

namespace SeqServe.Core.Tasks.LanguageModeling.Relaying;

/// <summary>
/// Wakes the readers of what a decoding loop makes, one after another on one thread of the pool. A step makes a token for each of its streams at once: with a wake-up for
/// each, threads of the pool push the loop off its core a dozen times a step.
/// </summary>
internal sealed class Relay : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<IRelayed> _waiting = new();
    private int _isAtWork;

    /// <summary>Has a reader woken soon; never on the calling thread.</summary>
    public void Post(IRelayed reader)
    {
        _waiting.Enqueue(reader);
        if (TryBegin())
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        do
        {
            while (_waiting.TryDequeue(out var reader))
                reader.Wake();
            Interlocked.Exchange(ref _isAtWork, 0);
        }
        while (!_waiting.IsEmpty && TryBegin());
    }

    private bool TryBegin() => Interlocked.CompareExchange(ref _isAtWork, 1, 0) == 0;
}
