using System.Runtime.InteropServices;
using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>
/// The rows of one decoding loop and the sequences they belong to: which slot is whose. Rows stay a dense prefix of the slots. One thread at a time.
/// </summary>
/// <param name="rows">The rows; owned by the caller.</param>
internal sealed class SlotGroup(IDecoderRows rows)
{
    private readonly List<SlotSequence> _sequences = [];
    private readonly List<SlotSequence> _owners = [];
    private readonly List<int> _freed = [];

    /// <summary>The rows, in slot order.</summary>
    public IDecoderRows Rows => rows;

    /// <summary>The sequences whose rows they are.</summary>
    public IReadOnlyList<SlotSequence> Sequences => _sequences;

    /// <summary>Takes in sequences that are prefilled, each with one row that is among the rows already.</summary>
    public void Enter(IReadOnlyList<SlotSequence> prefilled)
    {
        for (var i = 0; i < prefilled.Count; i++)
        {
            _sequences.Add(prefilled[i]);
            SetOwner(prefilled[i]);
        }

        // A sequence that branches at once gets its further rows behind those that entered.
        for (var i = 0; i < prefilled.Count; i++)
        {
            if (prefilled[i].Following.Rows.Length > 0)
                Follow(prefilled[i]);
        }
    }

    /// <summary>Writes the token that each row reads next.</summary>
    public void FillTokens(List<int> tokens)
    {
        CollectionsMarshal.SetCount(tokens, rows.Count);
        var bySlot = CollectionsMarshal.AsSpan(tokens);
        foreach (var sequence in _sequences)
        {
            for (var i = 0; i < sequence.Slots.Count; i++)
                bySlot[sequence.Slots[i]] = sequence.Tokens[i];
        }
    }

    /// <summary>After a step: frees the slots of sequences that are over, and gives the others the rows they asked for.</summary>
    public void Settle()
    {
        for (var i = _sequences.Count - 1; i >= 0; i--)
        {
            if (_sequences[i].Sequence.Completion.IsCompleted)
                RemoveAt(i);
            else
                Follow(_sequences[i]);
        }
    }

    /// <summary>Frees the slots of sequences that are over.</summary>
    public void RemoveFinished()
    {
        for (var i = _sequences.Count - 1; i >= 0; i--)
        {
            if (_sequences[i].Sequence.Completion.IsCompleted)
                RemoveAt(i);
        }
    }

    /// <summary>Forgets all sequences and frees all slots, whatever state a failure has left them in.</summary>
    public void Clear()
    {
        _sequences.Clear();
        _owners.Clear();
        _freed.Clear();
        while (rows.Count > 0)
            rows.RemoveAt(rows.Count - 1);
    }

    private void RemoveAt(int index)
    {
        var sequence = _sequences[index];
        _sequences.RemoveAt(index);
        _freed.AddRange(sequence.Slots);
        sequence.Slots.Clear();
        RemoveFreed();
    }

    private void Follow(SlotSequence sequence)
    {
        sequence.Follow(rows, _freed);
        SetOwner(sequence);
        RemoveFreed();
    }

    // From the last slot down, so that no slot on the list is the one whose row moves.
    private void RemoveFreed()
    {
        _freed.Sort();
        for (var i = _freed.Count - 1; i >= 0; i--)
        {
            var slot = _freed[i];
            var last = rows.Count - 1;
            rows.RemoveAt(slot);
            if (slot != last)
            {
                var moved = _owners[last];
                moved.Slots[moved.Slots.IndexOf(last)] = slot;
                _owners[slot] = moved;
            }

            _owners.RemoveAt(last);
        }

        _freed.Clear();
    }

    private void SetOwner(SlotSequence sequence)
    {
        foreach (var slot in sequence.Slots)
        {
            if (slot == _owners.Count)
                _owners.Add(sequence);
            else
                _owners[slot] = sequence;
        }
    }
}
