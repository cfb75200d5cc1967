using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>The turn of one request of a sequence.</summary>
internal sealed class SequenceTurn(TensorSequences owner, TensorSequence sequence, bool starts) : IDisposable
{
    /// <summary>What the request begins with; null for zeros.</summary>
    public IReadOnlyList<Tensor>? State => starts ? null : sequence.State;

    /// <summary>Keeps what the next request begins with.</summary>
    /// <param name="state">The state, or null when the sequence ends here.</param>
    public void Commit(IReadOnlyList<Tensor>? state) => sequence.State = state;

    /// <summary>Lets the next request have its turn.</summary>
    public void Dispose() => owner.Leave(sequence);
}
