using System.Runtime.InteropServices;

namespace SeqServe.Core.Decoding;

/// <summary>One decode step of all rows of a slot group.</summary>
/// <param name="group">The rows.</param>
/// <param name="runs">Runs the graph.</param>
/// <param name="advance">Lets the sequences choose.</param>
internal sealed class DecodeStep(SlotGroup group, DecodeRuns runs, SequenceAdvance advance)
{
    private readonly List<int> _tokens = [];

    /// <summary>Takes the step on the calling thread; there is at least one row.</summary>
    public void Run()
    {
        group.FillTokens(_tokens);
        var sequences = group.Sequences;
        var single = sequences.Count == 1 ? sequences[0].Sequence : null;
        if (!runs.TryStep(_tokens.Count, single, () => group.Rows.RunStep(CollectionsMarshal.AsSpan(_tokens))) && single is null)
            RunOneByOne();
        Advance();
        group.Settle();
    }

    // One bad row must fail alone: each row takes the step by itself.
    private void RunOneByOne()
    {
        foreach (var active in group.Sequences)
        {
            foreach (var slot in active.Slots)
            {
                var token = _tokens[slot];
                if (active.Sequence.Completion.IsCompleted || !runs.TryStep(1, active.Sequence, () => group.Rows.RunStep([token], slot)))
                    break;
            }
        }
    }

    // Logits are found by the slot at the run, so all sequences choose before any row moves.
    private void Advance()
    {
        foreach (var active in group.Sequences)
        {
            active.Sequence.BatchSize = Math.Max(active.Sequence.BatchSize, _tokens.Count);
            if (!active.Sequence.Completion.IsCompleted)
                advance.TryAdvance(active, group.Rows, active.Slots);
        }
    }
}
