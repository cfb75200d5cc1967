using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>A sequence in flight with the slots of its rows in a slot group.</summary>
internal sealed class SlotSequence(ActiveSequence sequence)
{
    private List<int> _spare = [];

    public ActiveSequence Sequence => sequence;

    /// <summary>Where its rows are, in the order in which the sequence asked for them.</summary>
    public List<int> Slots { get; private set; } = [];

    /// <summary>Which token each row reads next.</summary>
    public List<int> Tokens { get; private set; } = [];

    /// <summary>The rows it asked for last; none before its first logits.</summary>
    public NextRows Following { get; } = new();

    /// <summary>When it was advanced last, as a timestamp; 0 before the first time.</summary>
    public long AdvancedAt { get; set; }

    /// <summary>Gives the sequence its one row after the prefill.</summary>
    /// <param name="slot">The row's slot.</param>
    /// <param name="token">The token it reads next; the one it asked for, where it has been advanced already.</param>
    public void Place(int slot, int token)
    {
        Slots.Clear();
        Tokens.Clear();
        Slots.Add(slot);
        Tokens.Add(token);
    }

    /// <summary>
    /// Makes the rows those that the sequence asked for, with as few copies as possible: the first that goes on from a row stays in its slot.
    /// </summary>
    /// <param name="rows">The group's rows.</param>
    /// <param name="freed">Receives slots that no row of this sequence needs any more; the group takes their rows out.</param>
    public void Follow(IDecoderRows rows, List<int> freed)
    {
        var following = Following.Rows;
        if (following.Length == 1 && Slots.Count == 1)
        {
            Tokens[0] = following[0].Token;
            return;
        }

        _spare.Clear();
        var slots = _spare;
        freed.AddRange(Slots);
        foreach (var row in following)
        {
            var stays = freed.Remove(Slots[row.Parent]);
            slots.Add(stays ? Slots[row.Parent] : -1);
        }

        Tokens.Clear();
        for (var i = 0; i < following.Length; i++)
        {
            Tokens.Add(following[i].Token);
            if (slots[i] < 0)
                slots[i] = Copy(rows, Slots[following[i].Parent], freed);
        }

        (_spare, Slots) = (Slots, slots);
    }

    /// <summary>Refuses more rows than it may have, and a row that goes on from one that it does not have.</summary>
    /// <param name="rows">Rows that it has.</param>
    public void CheckFollowing(int rows)
    {
        if (Following.Rows.Length > sequence.MaxRows)
            throw new InvalidOperationException($"The sequence asked for {Following.Rows.Length} rows, it may have {sequence.MaxRows}.");
        foreach (var row in Following.Rows)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row.Parent, (uint)rows, "parent");
    }

    private static int Copy(IDecoderRows rows, int parent, List<int> freed)
    {
        if (freed.Count == 0)
        {
            rows.Fork(parent);
            return rows.Count - 1;
        }

        var slot = freed[^1];
        freed.RemoveAt(freed.Count - 1);
        rows.Replace(slot, parent);
        return slot;
    }
}
