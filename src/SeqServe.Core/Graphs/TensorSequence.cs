using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>One sequence. Its owner holds a lock; its state belongs to the request that holds its slot.</summary>
internal sealed class TensorSequence(SequenceHolder holder, string id)
{
    private readonly Queue<TaskCompletionSource> _waiting = new();

    public SequenceHolder Holder { get; } = holder;

    public string Id { get; } = id;

    /// <summary>Whether a request holds the slot.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>When the last request left, as a timestamp of the owner's clock.</summary>
    public long UsedAt { get; set; }

    /// <summary>What the next request begins with; null while the sequence has not begun.</summary>
    public IReadOnlyList<Tensor>? State { get; set; }

    /// <summary>Bytes that its owner counts for it: those of its state, or what the request that holds the slot may leave when that is more.</summary>
    public long Bytes { get; set; }

    /// <summary>Takes the slot, or a place in the queue for it.</summary>
    /// <returns>Null with the slot; else done when it is handed over.</returns>
    public TaskCompletionSource? Enter()
    {
        if (!IsBusy)
        {
            IsBusy = true;
            return null;
        }

        var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(place);
        return place;
    }

    /// <summary>Hands the slot to the next request in the queue that has not left.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Leave()
    {
        while (_waiting.TryDequeue(out var next))
        {
            if (next.TrySetResult())
                return true;
        }

        IsBusy = false;
        return false;
    }
}

/// <summary>The slot of a sequence while one request holds it.</summary>
internal sealed class SequenceSlot(TensorSequences owner, TensorSequence sequence, bool starts) : IDisposable
{
    /// <summary>What the request begins with; null for zeros.</summary>
    public IReadOnlyList<Tensor>? State => starts ? null : sequence.State;

    /// <summary>Reserves memory for the state of the request.</summary>
    /// <param name="bytes">Bytes of its state.</param>
    /// <exception cref="Errors.ServingException">The model keeps too much state; see <see cref="TensorSequences.Reserve(TensorSequence, long)"/>.</exception>
    public void Reserve(long bytes) => owner.Reserve(sequence, bytes);

    /// <summary>Keeps what the next request begins with.</summary>
    /// <param name="state">The state, or null when the sequence ends here.</param>
    public void Commit(IReadOnlyList<Tensor>? state) => sequence.State = state;

    /// <summary>Hands the slot to the next request.</summary>
    public void Dispose() => owner.Leave(sequence);
}
