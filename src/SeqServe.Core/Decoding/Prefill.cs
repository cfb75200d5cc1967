namespace SeqServe.Core.Decoding;

/// <summary>Reads the inputs of sequences that joined a lane, a bounded piece between two steps.</summary>
internal abstract class Prefill : IDisposable
{
    /// <summary>Sequences whose input is not wholly read.</summary>
    public abstract IReadOnlyList<ActiveSequence> Joined { get; }

    /// <summary>Input tokens of these.</summary>
    public long JoinedTokens
    {
        get
        {
            long tokens = 0;
            for (var i = 0; i < Joined.Count; i++)
                tokens += Joined[i].Length;
            return tokens;
        }
    }

    /// <summary>Whether an input is read in pieces, so that any number of tokens may join.</summary>
    public abstract bool ReadsPieces { get; }

    /// <summary>Takes sequences in; their inputs are read by the next calls of <see cref="Run"/>.</summary>
    public abstract void Join(List<ActiveSequence> sequences);

    /// <summary>Forgets sequences that are over.</summary>
    public abstract void Drop();

    /// <summary>Runs a piece on the calling thread. Sequences that are whole enter the lane; those that fail alone get their failure.</summary>
    /// <param name="lane">Where they go on.</param>
    public abstract void Run(DecodeLane lane);

    /// <inheritdoc/>
    public abstract void Dispose();
}
