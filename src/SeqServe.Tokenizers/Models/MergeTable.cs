using System.Numerics;

namespace SeqServe.Tokenizers.Models;

/// <summary>Which pairs of tokens become one, and which goes first. Filled by one thread, then read by any number.</summary>
internal sealed class MergeTable
{
    private readonly Place[] _places;
    private readonly int _shift;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">How many pairs it will hold at most.</param>
    public MergeTable(int capacity)
    {
        var places = BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, capacity) * 2);
        _shift = 64 - BitOperations.Log2(places);
        _places = new Place[places];
    }

    /// <summary>What stands for no merge: behind every rank.</summary>
    public static Merge None => new(int.MaxValue, -1);

    /// <summary>Adds a pair; one that is there gets the new rank, as with the reference.</summary>
    public void Set(int left, int right, Merge merge)
    {
        ref var place = ref Find(left, right);
        place = new Place { Left = left, Right = right, Merge = merge, Used = true };
    }

    /// <summary>What a pair becomes, or <see cref="None"/>.</summary>
    public Merge this[int left, int right]
    {
        get
        {
            ref var place = ref Find(left, right);
            return place.Used ? place.Merge : None;
        }
    }

    private ref Place Find(int left, int right)
    {
        var key = ((ulong)(uint)left << 32) | (uint)right;
        for (var at = (int)(TextHash.Spread(key ^ (key >> 29)) >> _shift); ; at = (at + 1) & (_places.Length - 1))
        {
            ref var place = ref _places[at];
            if (!place.Used || (place.Left == left && place.Right == right))
                return ref place;
        }
    }

    /// <summary>A merge.</summary>
    /// <param name="Rank">Lower ones go first.</param>
    /// <param name="Id">The token that the pair becomes.</param>
    public readonly record struct Merge(int Rank, int Id);

    private struct Place
    {
        public int Left;
        public int Right;
        public Merge Merge;
        public bool Used;
    }
}
