namespace SeqServe.Onnx.Reading;

/// <summary>Operators that give the shape of a tensor, or the elements of one in another shape.</summary>
internal static class ShapeRules
{
    private const long Copy = 0;
    private const long Rest = -1;

    /// <summary>The tensor itself.</summary>
    public static Outcome Identity(NodeCall call) => Outcome.Of(call[0]);

    /// <summary>A tensor that an attribute holds.</summary>
    public static Outcome Constant(NodeCall call)
    {
        foreach (var attribute in call.Node.Attributes.Values.Where(a => !a.IsReference))
        {
            switch (attribute.Name)
            {
                case "value" or "sparse_value" when attribute.Tensor is { } tensor:
                    return Outcome.Of(TensorFacts.Of(tensor));
                case "value_int":
                    return Outcome.Of(TensorFacts.Of(ElementType.Int64, [], [Quantity.Of(attribute.Number ?? 0)]));
                case "value_ints":
                    return Outcome.Of(TensorFacts.Of(ElementType.Int64, [Quantity.Of(attribute.Numbers.Count)], [.. attribute.Numbers.Select(Quantity.Of)]));
                case "value_float":
                    return Outcome.Of(ElementType.Float, []);
            }
        }

        return Outcome.Of(ElementType.Unknown, axes: null);
    }

    /// <summary>The sizes of axes.</summary>
    public static Outcome Shape(NodeCall call)
    {
        if (call[0].Axes is not { } axes)
            return Outcome.Of(new TensorFacts { Type = ElementType.Int64, Axes = [Quantity.AnySize], Range = Quantity.AnySize });
        var (start, end) = (Bound(call.Number("start", 0), axes.Count), Bound(call.Number("end", axes.Count), axes.Count));
        Quantity[] sizes = [.. axes.Take(end).Skip(start)];
        return Outcome.Of(TensorFacts.Of(ElementType.Int64, [Quantity.Of(sizes.Length)], sizes));
    }

    /// <summary>The number of elements.</summary>
    public static Outcome Size(NodeCall call)
    {
        var size = call[0].Axes?.Aggregate((Quantity?)Quantity.Of(1), (all, next) => all is null ? null : Quantity.Multiply(all.Value, next, Quantity.AnySize));
        return Outcome.Of(TensorFacts.Of(ElementType.Int64, [], [size ?? Quantity.AnySize]));
    }

    /// <summary>The same elements, in order, in another shape.</summary>
    public static Outcome Reshape(NodeCall call)
    {
        var input = call[0];
        var target = call.List("shape", 1).Numbers;
        if (target is null)
            return call.Unfollowed(input.Type);
        var isFilled = !input.MayBeEmpty;
        var axes = new Quantity[target.Count];
        for (var i = 0; i < axes.Length; i++)
        {
            axes[i] = target[i] switch
            {
                { Exact: Copy } when call.Number("allowzero", 0) == 0 => input.Axes is { } from && i < from.Count ? from[i] : Quantity.AnySize,
                { Exact: Rest } => Remaining(input, target),
                var size => Quantity.Both(size, Quantity.AnySize),
            };
        }

        var (rows, mixes) = PlaceRows(call, target, axes);
        for (var i = 0; i < axes.Length; i++)
            axes[i] = axes[i] with { Min = isFilled ? Math.Max(1, axes[i].Min) : axes[i].Min, Max = Math.Max(1, axes[i].Max), CountsRows = i == rows };
        return new([Moved(input, axes)], mixes);
    }

    /// <summary>All axes before one as one, and all from it on as another.</summary>
    public static Outcome Flatten(NodeCall call)
    {
        if (call[0].Axes is not { } axes || call.Number("axis", 1) is not { } axis || axis < -axes.Count || axis > axes.Count)
            return call.Unfollowed(call[0].Type);
        var at = (int)(axis < 0 ? axis + axes.Count : axis);
        Quantity[] parts = [Product(axes.Take(at)), Product(axes.Skip(at))];
        var mixes = call[0].RowAxis is > 0 and var rows && rows != at ? $"{call.Node.Place} joins the rows with axes before them" : null;
        return new([Moved(call[0], parts)], mixes);
    }

    /// <summary>Axes in another order.</summary>
    public static Outcome Transpose(NodeCall call)
    {
        if (call[0].Axes is not { } axes)
            return call.Unfollowed(call[0].Type);
        var list = call.List("perm");
        if (!list.IsGiven)
            return Outcome.Of(Moved(call[0], [.. axes.Reverse()], isOrdered: axes.Count < 2));
        return list.Exact is { } order && order.Count == axes.Count && order.Order().SequenceEqual(Enumerable.Range(0, axes.Count).Select(i => (long)i))
            ? Outcome.Of(Moved(call[0], [.. order.Select(i => axes[(int)i])], isOrdered: axes.Count < 2))
            : call.Unfollowed(call[0].Type);
    }

    /// <summary>Axes of size 1 taken away.</summary>
    public static Outcome Squeeze(NodeCall call)
    {
        if (call[0].Axes is not { } axes)
            return call.Unfollowed(call[0].Type);
        var ones = Enumerable.Range(0, axes.Count).Where(i => axes[i].Exact == 1).ToList();
        // Without a list any axis that happens to be 1 is taken away.
        var isUnsure = !call.List("axes", 1).IsGiven && axes.Any(a => a.Exact is null && a.Min <= 1);
        if (isUnsure || call.Axes(axes.Count, 1, ones) is not { } gone)
            return call.Unfollowed(call[0].Type);
        Quantity[] left = [.. axes.Where((_, i) => !gone.Contains(i))];
        return new([Moved(call[0], left)], gone.Contains(call[0].RowAxis ?? -1) ? $"{call.Node.Place} takes the axis of the rows away" : null);
    }

    /// <summary>Axes of size 1 put in.</summary>
    public static Outcome Unsqueeze(NodeCall call)
    {
        var list = call.List("axes", 1).Numbers;
        if (call[0].Axes is not { } axes || list is null || call.Axes(axes.Count + list.Count, 1, null) is not { } added)
            return call.Unfollowed(call[0].Type);
        var wider = axes.ToList();
        foreach (var axis in added)
            wider.Insert(Math.Min(axis, wider.Count), Quantity.Of(1));
        return Outcome.Of(Moved(call[0], wider));
    }

    /// <summary>A tensor broadcast to a shape.</summary>
    public static Outcome Expand(NodeCall call)
    {
        if (call[1].Elements is not { } sizes)
            return call.Unfollowed(call[0].Type);
        var shape = new TensorFacts { Axes = [.. sizes.Select(s => Quantity.Both(s, Quantity.AnySize))] };
        var outcome = ElementwiseRules.Of(call, call[0].Type, call[0], shape);
        return outcome with { Outputs = [outcome.Outputs[0] with { Range = call[0].Range }] };
    }

    /// <summary>A tensor of one value.</summary>
    public static Outcome ConstantOfShape(NodeCall call)
    {
        call.Node.Attributes.TryGetValue("value", out var attribute);
        var value = attribute?.Tensor;
        var type = attribute is null ? ElementType.Float : value?.Type ?? ElementType.Unknown;
        if (call[0].Elements is not { } sizes)
            return call.Unfollowed(type);
        var element = value?.Numbers is [var number] ? Quantity.Of(number) : Quantity.Any;
        Quantity[] axes = [.. sizes.Select(s => Quantity.Both(s, Quantity.AnySize))];
        var count = axes is [{ Exact: <= TensorFacts.MostElements and var few }] ? (int)few : -1;
        return count > 0
            ? Outcome.Of(TensorFacts.Of(type, axes, [.. Enumerable.Repeat(element, count)]))
            : Outcome.Of(new TensorFacts { Type = type, Axes = axes, Range = element });
    }

    /// <summary>Numbers from one to another.</summary>
    public static Outcome Range(NodeCall call)
    {
        var (start, end, step) = (call[0].Numbers, call[1].Numbers, call[2].Numbers);
        var isCount = call[0].Elements is [{ Exact: 0 }] && call[2].Elements is [{ Exact: 1 }];
        var size = isCount && call[1].Elements is [var limit] ? Quantity.Both(limit, Quantity.AnySize) : Quantity.AnySize;
        var facts = new TensorFacts { Type = call[0].Type, Axes = [size], Range = step.Min >= 0 ? new(start.Min, Math.Max(start.Min, end.Max)) : Quantity.Any };
        // What a row makes of its number may be nothing but where it lies.
        return new([facts], call.Given.Any(i => i.CountsRows) ? new Mix($"{call.Node.Place} numbers the rows of the batch", IsDoubt: true) : null);
    }

    /// <summary>A tensor with the elements of another.</summary>
    public static TensorFacts Moved(TensorFacts from, IReadOnlyList<Quantity>? axes, bool isOrdered = true) => new()
    {
        Type = from.Type,
        Axes = axes,
        Elements = isOrdered && axes?.Count <= 1 ? from.Elements : null,
        Range = from.Range,
        IsFreeOfMinusOne = from.IsFreeOfMinusOne,
    };

    /// <summary>The size of several axes as one.</summary>
    public static Quantity Product(IEnumerable<Quantity> axes) =>
        axes.Aggregate(Quantity.Of(1), (all, next) => Quantity.Multiply(all, next, Quantity.AnySize) ?? Quantity.AnySize);

    // What is left of a number of elements that is known.
    private static Quantity Remaining(TensorFacts input, IReadOnlyList<Quantity> target)
    {
        var others = Product(target.Where(size => size.Exact != Rest)).Exact ?? 0;
        return others > 0 && input.Axes is { } axes && Product(axes).Exact is { } all && all % others == 0 ? Quantity.Of(all / others) : Quantity.AnySize;
    }

    // Rows stay together where the axes before them stay as they are, and the axis in their place is made of them.
    private static (int? Axis, Mix? Mixes) PlaceRows(NodeCall call, IReadOnlyList<Quantity> target, Quantity[] axes)
    {
        if (call[0].RowAxis is not { } rows)
            return (null, null);
        var counting = Enumerable.Range(0, axes.Length).Where(i => axes[i].CountsRows).ToList();
        var before = Quantity.Of(1);
        foreach (var axis in call[0].Axes!.Take(rows))
            before = Quantity.Multiply(before, axis, Quantity.AnySize) ?? Quantity.AnySize;
        var passed = Quantity.Of(1);
        for (var i = 0; i < axes.Length; i++)
        {
            var isTheirs = counting.Count > 0 ? counting[0] == i : target[i].Exact == Rest;
            if (isTheirs && counting.Count < 2 && passed == before && (passed.Exact is not null || call[0].Axes!.Take(rows).SequenceEqual(axes.Take(i))))
                return (i, null);
            passed = Quantity.Multiply(passed, axes[i], Quantity.AnySize) ?? Quantity.AnySize;
        }

        return (null, new($"{call.Node.Place} gives the rows another order, as far as its shape tells", IsDoubt: true));
    }

    private static int Bound(long? at, int rank) => (int)Math.Clamp(at is < 0 ? at.Value + rank : at ?? 0, 0, rank);
}
