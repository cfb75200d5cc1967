using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>An active sequence with the places of its rows among the rows of its lane.</summary>
internal sealed class LaneSequence(ActiveSequence sequence)
{
    public ActiveSequence Sequence => sequence;

    /// <summary>Where its rows are, in the order in which the sequence asked for them.</summary>
    public List<int> Places { get; private set; } = [];

    /// <summary>Which token each row reads next.</summary>
    public List<int> Tokens { get; private set; } = [];

    /// <summary>What it asked for last.</summary>
    public NextRows Following { get; } = new();

    /// <summary>When it was advanced last, as a timestamp; 0 before the first time.</summary>
    public long AdvancedAt { get; set; }

    private List<int> _spare = [];

    /// <summary>Gives the sequence its one row after the prefill.</summary>
    public void Enter(int place, int token)
    {
        Places.Add(place);
        Tokens.Add(token);
    }

    /// <summary>Makes the rows what the sequence asked for, with as few copies as can be: the first that goes on from a row stays in its place.</summary>
    /// <param name="rows">The lane's rows; places that become free are left in <paramref name="freed"/>, to be taken out by the lane.</param>
    /// <param name="freed">Receives places that no row of this sequence needs any more.</param>
    public void Follow(IDecoderRows rows, List<int> freed)
    {
        var following = Following.Rows;
        if (following.Length == 1 && Places.Count == 1)
        {
            Tokens[0] = following[0].Token;
            return;
        }

        _spare.Clear();
        var places = _spare;
        freed.AddRange(Places);
        foreach (var row in following)
        {
            var stays = freed.Remove(Places[row.Parent]);
            places.Add(stays ? Places[row.Parent] : -1);
        }

        Tokens.Clear();
        for (var i = 0; i < following.Length; i++)
        {
            Tokens.Add(following[i].Token);
            if (places[i] < 0)
                places[i] = Copy(rows, Places[following[i].Parent], freed);
        }

        (_spare, Places) = (Places, places);
    }

    /// <summary>Refuses a wish for more rows than it may have, or for a row to go on from that it does not have.</summary>
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

        var place = freed[^1];
        freed.RemoveAt(freed.Count - 1);
        rows.Replace(place, parent);
        return place;
    }
}
