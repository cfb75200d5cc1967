namespace SeqServe.Onnx.Reading;

/// <summary>What is known of a whole number that a graph computes with: the size of an axis, or an element of a tensor.</summary>
/// <param name="Min">It is not smaller.</param>
/// <param name="Max">It is not larger.</param>
/// <param name="CountsRows">Whether it is the number of rows of the batch, or a multiple of it.</param>
internal readonly record struct Quantity(long Min, long Max, bool CountsRows = false)
{
    /// <summary>Nothing is known of it.</summary>
    public static Quantity Any => new(long.MinValue, long.MaxValue);

    /// <summary>A size of which nothing is known.</summary>
    public static Quantity AnySize => new(0, long.MaxValue);

    /// <summary>The number itself, where it is known.</summary>
    public long? Exact => Min == Max && !CountsRows ? Min : null;

    /// <summary>A known number.</summary>
    public static Quantity Of(long value) => new(value, value);

    /// <summary>One of two.</summary>
    public static Quantity Either(Quantity a, Quantity b) => new(Math.Min(a.Min, b.Min), Math.Max(a.Max, b.Max), a.CountsRows || b.CountsRows);

    /// <summary>What is known of both together, where they must be equal.</summary>
    public static Quantity Both(Quantity a, Quantity b) =>
        new(Math.Max(a.Min, b.Min), Math.Max(Math.Max(a.Min, b.Min), Math.Min(a.Max, b.Max)), a.CountsRows || b.CountsRows);

    /// <summary>The size of two axes that are broadcast to one.</summary>
    public static Quantity Broadcast(Quantity a, Quantity b)
    {
        if (a.Exact == 1)
            return b;
        if (b.Exact == 1)
            return a;
        // Either is 1, or both are equal: none is smaller than the smaller, but that a 0 beside a 1 gives 0.
        return new(Math.Min(a.Min, b.Min), Math.Max(a.Max, b.Max), a.CountsRows || b.CountsRows);
    }

    /// <summary>Their sum, whole numbers of any size.</summary>
    public static Quantity? Add(Quantity a, Quantity b, Quantity range) => (a.CountsRows, b.CountsRows) switch
    {
        (true, _) when b.Exact != 0 && !b.CountsRows => null,
        (_, true) when a.Exact != 0 && !a.CountsRows => null,
        var (left, right) => Of((Int128)a.Min + b.Min, (Int128)a.Max + b.Max, range, left || right),
    };

    /// <summary>Their difference; null where it is no multiple of the rows any more.</summary>
    public static Quantity? Subtract(Quantity a, Quantity b, Quantity range) => (a.CountsRows, b.CountsRows) switch
    {
        (true, _) when b.Exact != 0 => null,
        (_, true) => null,
        var (left, _) => Of((Int128)a.Min - b.Max, (Int128)a.Max - b.Min, range, left),
    };

    /// <summary>Their product; null for rows times rows.</summary>
    public static Quantity? Multiply(Quantity a, Quantity b, Quantity range)
    {
        if (a.CountsRows && b.CountsRows)
            return null;
        Int128[] ends = [(Int128)a.Min * b.Min, (Int128)a.Min * b.Max, (Int128)a.Max * b.Min, (Int128)a.Max * b.Max];
        return Of(ends.Min(), ends.Max(), range, a.CountsRows || b.CountsRows);
    }

    /// <summary>Their quotient, rounded towards zero; null where the divisor counts rows.</summary>
    public static Quantity? Divide(Quantity a, Quantity b, Quantity range)
    {
        if (b.CountsRows)
            return null;
        // A quotient is never larger than what is divided; only a divisor that is known narrows it.
        if (b.Min > 0)
            return Of(a.Min < 0 ? a.Min / b.Min : a.Min / b.Max, a.Max < 0 ? a.Max / b.Max : a.Max / b.Min, range, a.CountsRows);
        return range with { CountsRows = a.CountsRows };
    }

    private static Quantity Of(Int128 min, Int128 max, Quantity range, bool countsRows) =>
        // Beyond its type a number wraps, and may be any; a size does not, for there is no memory for it.
        range == AnySize ? new((long)Int128.Clamp(min, 0, long.MaxValue), (long)Int128.Clamp(max, 0, long.MaxValue), countsRows)
            : min < range.Min || max > range.Max ? range with { CountsRows = countsRows } : new((long)min, (long)max, countsRows);
}
