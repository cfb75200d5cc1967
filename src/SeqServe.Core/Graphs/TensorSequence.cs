using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>One sequence. Its owner holds a lock; its state belongs to whoever has the turn.</summary>
internal sealed class TensorSequence(string id)
{
    private readonly Queue<TaskCompletionSource> _waiting = new();

    public string Id { get; } = id;

    /// <summary>Whether a request has the turn.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>When the last request left, as a timestamp of the owner's clock.</summary>
    public long UsedAt { get; set; }

    /// <summary>What the next request begins with; null while the sequence has not begun.</summary>
    public IReadOnlyList<Tensor>? State { get; set; }

    /// <summary>Takes the turn, or a place in the line.</summary>
    /// <returns>Null with the turn; else done when it comes.</returns>
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

    /// <summary>Gives the turn to the next in line that is still there.</summary>
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
