using System.Diagnostics;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Decoding;

/// <summary>
/// One sequence of the continuous batcher: it is prefilled, then advances by one token a step until it gives no next row.
/// It owns how tokens are chosen; the loop owns the rows.
/// </summary>
public abstract class ActiveSequence : QueuedRow
{
    private readonly int[] _input;

    /// <summary>Makes a sequence.</summary>
    /// <param name="input">Token ids to prefill, at least one, each inside of the vocabulary.</param>
    /// <param name="maxRows">Most rows it has at once: 1, or its number of beams.</param>
    /// <param name="traceContext">The request's span.</param>
    protected ActiveSequence(int[] input, int maxRows, ActivityContext traceContext)
        : base(input.Length, traceContext)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        _input = input;
        MaxRows = maxRows;
    }

    /// <summary>Token ids to prefill.</summary>
    public ReadOnlySpan<int> Input => _input;

    /// <summary>Most rows it has at once; as many slots are kept for it from its start to its end.</summary>
    public int MaxRows { get; }

    /// <summary>Most tokens that each of its rows reads behind the <see cref="Input"/>; memory is kept for them.</summary>
    public int MostSteps { get; init; }

    /// <summary>The recurrent state that its prefill goes on from; empty for the model's own beginning. Language models only.</summary>
    public virtual ReadOnlySpan<float> BeginState => default;

    /// <summary>When its first logits were there, as a <see cref="TimeProvider"/> timestamp.</summary>
    public long FirstTokenAt { get; internal set; }

    /// <summary>How often it has been advanced.</summary>
    public int Steps { get; internal set; }

    /// <summary>
    /// Chooses how the sequence goes on. Called on the loop's thread: it must not wait, and what it throws fails this sequence alone.
    /// </summary>
    /// <param name="outputs">What the run computed for the rows of this sequence; valid during the call.</param>
    /// <param name="following">Receives the rows of the next step, at most <see cref="MaxRows"/>; none ends the sequence.</param>
    public abstract void Advance(StepOutputs outputs, NextRows following);
}
