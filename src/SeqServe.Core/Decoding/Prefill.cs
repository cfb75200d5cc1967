using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>Reads the inputs of new sequences, a bounded piece between two decode steps. One thread at a time.</summary>
internal abstract class Prefill : IDisposable
{
    /// <summary>Where sequences go on once their input is read; owned by this object.</summary>
    public abstract IDecoderRows Rows { get; }

    /// <summary>Sequences whose input is not wholly read.</summary>
    public abstract IReadOnlyList<ActiveSequence> Reading { get; }

    /// <summary>Whether an input is read in pieces, so that any number of tokens may be taken in.</summary>
    public abstract bool ReadsPieces { get; }

    /// <summary>Takes sequences in; their inputs are read by the next calls of <see cref="Run"/>.</summary>
    public abstract void Add(List<ActiveSequence> sequences);

    /// <summary>Forgets sequences that are over.</summary>
    public abstract void RemoveFinished();

    /// <summary>Forgets all sequences, whatever state a failure has left them in.</summary>
    public abstract void Clear();

    /// <summary>Reads a piece on the calling thread; sequences that fail alone are failed.</summary>
    /// <param name="runs">Runs the graph.</param>
    /// <param name="advance">Lets sequences choose whose first logits are there.</param>
    /// <returns>
    /// Sequences that are wholly read and go on, each with one row at the end of <see cref="Rows"/>, in this order. Valid until the next call.
    /// </returns>
    public abstract IReadOnlyList<SlotSequence> Run(DecodeRuns runs, SequenceAdvance advance);

    /// <inheritdoc/>
    public abstract void Dispose();
}
