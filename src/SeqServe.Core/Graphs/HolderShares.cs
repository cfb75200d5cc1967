using System.Runtime.InteropServices;

namespace SeqServe.Core.Graphs;

/// <summary>Whom a sequence belongs to.</summary>
/// <param name="Name">The holder's name, unlike that of any other.</param>
/// <param name="Holders">How many holders there are; the same for all of them, at least 1.</param>
public sealed record SequenceHolder(string Name, int Holders)
{
    /// <summary>The only one, where callers are not told apart.</summary>
    public static SequenceHolder Only { get; } = new("", 1);
}

/// <summary>
/// An amount that several holders use, of which none can leave the others without: half is for whoever comes first, the other half is divided equally between
/// all holders there are, each part in whole units and kept for its holder even while it is not used. What does not divide is for whoever comes first, so that
/// a single holder has all. Not safe for threads; its owner holds a lock.
/// </summary>
/// <param name="limit">The amount, 1 or more.</param>
/// <param name="unit">What is of use at once, 1 or more: a part of less would be kept for nothing.</param>
internal sealed class HolderShares(long limit, long unit)
{
    private readonly Dictionary<string, long> _held = new(StringComparer.Ordinal);

    // What holders use beyond their own parts.
    private long _common;

    /// <summary>What all of them use.</summary>
    public long Held { get; private set; }

    /// <summary>The most that one holder can ever use.</summary>
    public long MostOf(SequenceHolder holder) => limit - ((holder.Holders - 1) * Part(holder));

    /// <summary>Whether a holder may use so much more.</summary>
    public bool HasRoom(SequenceHolder holder, long more)
    {
        var held = _held.GetValueOrDefault(holder.Name);
        return _common + Beyond(holder, held + more) - Beyond(holder, held) <= limit - (holder.Holders * Part(holder));
    }

    /// <summary>Counts what a holder uses more, or less when it is negative.</summary>
    public void Add(SequenceHolder holder, long more)
    {
        ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(_held, holder.Name, out _);
        _common += Beyond(holder, held + more) - Beyond(holder, held);
        held += more;
        Held += more;
        if (held == 0)
            _held.Remove(holder.Name);
    }

    private long Part(SequenceHolder holder) => holder.Holders == 1 ? 0 : limit / 2 / holder.Holders / unit * unit;

    private long Beyond(SequenceHolder holder, long held) => Math.Max(0, held - Part(holder));
}
