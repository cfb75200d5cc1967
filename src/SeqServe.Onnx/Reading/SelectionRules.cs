namespace SeqServe.Onnx.Reading;

/// <summary>Operators that take parts of tensors, or join them.</summary>
internal static class SelectionRules
{
    private const long ToTheEnd = int.MaxValue;

    /// <summary>Every part between two places of some axes.</summary>
    public static Outcome Slice(NodeCall call)
    {
        if (call[0].Axes is not { } axes)
            return call.Unfollowed(call[0].Type);
        var (starts, ends, steps) = (call.List("starts", 1).Numbers, call.List("ends", 2).Numbers, call.List("steps", 4));
        var count = starts?.Count ?? ends?.Count ?? (int?)call[1].Axes?.FirstOrDefault(Quantity.AnySize).Exact;
        if (call.Axes(axes.Count, 3, count is { } first && first <= axes.Count ? [.. Enumerable.Range(0, first)] : null) is not { } along
            || (steps.IsGiven && steps.Exact is null))
        {
            return new(
                [ShapeRules.Moved(call[0], [.. axes.Select(a => a with { Min = 0 })], isOrdered: false)],
                new($"{call.Node.Place} cuts at places that are not in the graph", IsDoubt: true));
        }

        // In the order in which the graph names the axes.
        var named = call.List("axes", 3).Exact?.Select(a => (int)(a < 0 ? a + axes.Count : a)).ToList() ?? [.. along];
        var left = axes.ToArray();
        string? mixes = null;
        for (var i = 0; i < named.Count; i++)
        {
            var (axis, step) = (named[i], steps.Exact is { } all && i < all.Count ? all[i] : 1);
            var (start, end) = (starts?[i] ?? Quantity.Any, ends?[i] ?? Quantity.Any);
            left[axis] = Cut(axes[axis], start, end, step);
            if (!axes[axis].CountsRows)
                continue;
            if (start.Exact == 0 && step == 1 && (end.Exact >= ToTheEnd || end.CountsRows))
                left[axis] = axes[axis];
            else
                mixes = $"{call.Node.Place} takes rows by their place in the batch";
        }

        var facts = ShapeRules.Moved(call[0], left, isOrdered: false);
        if (call[0].Elements is { } elements && starts is [{ Exact: { } from }] && ends is [{ Exact: { } to }] && steps.Exact is null or [1])
            facts = facts with { Elements = [.. Part(elements, from, to)] };
        return new([facts], mixes);
    }

    /// <summary>The elements of one axis that indices name.</summary>
    public static Outcome Gather(NodeCall call)
    {
        var (data, indices) = (call[0], call[1]);
        if (data.Axes is not { } axes || indices.Axes is not { } named || call.Axis("axis", 0, axes.Count) is not { } axis)
            return call.Unfollowed(data.Type);
        var facts = new TensorFacts { Type = data.Type, Axes = [.. axes.Take(axis), .. named, .. axes.Skip(axis + 1)], Range = data.Range };
        if (data.Elements is { } elements && axes.Count == 1 && named.Count < 2 && indices.Elements is { } places)
        {
            var picked = places.Select(p => p.Exact is { } at && at >= -elements.Count && at < elements.Count
                ? elements[(int)(at < 0 ? at + elements.Count : at)]
                : Quantity.Any);
            facts = facts with { Elements = [.. picked] };
        }

        if (axes[axis].CountsRows)
            return new([facts], ByPlace(call, indices, "rows by their place"));
        return new([facts], data.RowAxis is not null && indices.RowAxis is not null ? $"{call.Node.Place} takes parts of every row for each of them" : null);
    }

    // Places that are made from the rows' numbers may be each row's own.
    private static Mix ByPlace(NodeCall call, TensorFacts places, string what) =>
        new($"{call.Node.Place} takes {what} in the batch", IsDoubt: places.Mixed is { IsDoubt: true });

    /// <summary>Elements that indices of the same number of axes name, along one axis.</summary>
    public static Outcome GatherElements(NodeCall call)
    {
        var (data, indices) = (call[0], call[1]);
        if (data.Axes is not { } axes || call.Axis("axis", 0, axes.Count) is not { } axis)
            return call.Unfollowed(data.Type);
        var apart = data.RowAxis != indices.RowAxis || data.RowAxis == axis;
        var facts = new TensorFacts { Type = data.Type, Axes = indices.Axes, Range = data.Range };
        return new([facts], apart ? ByPlace(call, indices, "elements by their row's place") : null);
    }

    /// <summary>Parts that lists of places name; within a row where both are along the rows.</summary>
    public static Outcome GatherParts(NodeCall call)
    {
        var (data, places, shared) = (call[0], call[1], call.Number("batch_dims", 0));
        if (data.Axes is not { } axes || places.Axes is not { Count: > 0 } lists || lists[^1].Exact is not { } depth || shared is not { } joint
            || joint < 0 || depth < 1 || joint + depth > axes.Count)
        {
            return call.Unfollowed(data.Type);
        }

        var facts = new TensorFacts { Type = data.Type, Axes = [.. lists.SkipLast(1), .. axes.Skip((int)(joint + depth))], Range = data.Range };
        var apart = data.RowAxis is { } rows && (places.RowAxis == rows ? rows >= joint : rows < joint + depth);
        return new([facts], apart ? ByPlace(call, places, "rows by their place") : null);
    }

    /// <summary>Several tensors joined along an axis.</summary>
    public static Outcome Concat(NodeCall call)
    {
        var inputs = call.Given.ToList();
        var type = ElementwiseRules.TypeOf(inputs);
        var rank = inputs.Count == 0 || inputs[0].Axes is null ? -1 : inputs[0].Axes!.Count;
        if (rank < 0 || inputs.Exists(i => i.Axes?.Count != rank) || call.Axis("axis", 1, rank) is not { } axis)
            return call.Unfollowed(type);
        var axes = Enumerable.Range(0, rank).Select(i => i == axis
            ? inputs.Select(input => input.Axes![i]).Aggregate((a, b) => Quantity.Add(a, b, Quantity.AnySize) ?? Quantity.AnySize)
            : inputs.Select(input => input.Axes![i]).Aggregate(Quantity.Both)).ToArray();
        var facts = new TensorFacts { Type = type, Axes = axes, Range = inputs.Select(i => i.Range).Aggregate(Quantity.Either) };
        if (rank == 1 && inputs.TrueForAll(i => i.Elements is not null) && inputs.Sum(i => i.Elements!.Count) <= TensorFacts.MostElements)
            facts = facts with { Elements = [.. inputs.SelectMany(i => i.Elements!)] };
        var rows = inputs.Select(i => i.RowAxis).Distinct().ToList();
        var mixes = rows.Contains(axis) ? $"{call.Node.Place} puts other rows behind the rows"
            : rows.Count > 1 ? $"{call.Node.Place} joins the rows with what has none" : null;
        return new([facts], mixes);
    }

    /// <summary>A tensor in parts along an axis.</summary>
    public static Outcome Split(NodeCall call)
    {
        if (call[0].Axes is not { } axes || call.Axis("axis", 0, axes.Count) is not { } axis)
            return call.Unfollowed(call[0].Type);
        var list = call.List("split", 1);
        var parts = call.Node.Outputs.Count;
        var even = axes[axis].Exact is { } size && size % parts == 0 ? Quantity.Of(size / parts) : new Quantity(0, axes[axis].Max);
        Quantity Size(int i) => !list.IsGiven ? even
            : list.Numbers is { } sizes && i < sizes.Count ? Quantity.Both(sizes[i], Quantity.AnySize) : Quantity.AnySize;
        TensorFacts Part(int i) => ShapeRules.Moved(call[0], [.. axes.Select((a, at) => at == axis ? Size(i) : a)], isOrdered: false) with
        {
            Elements = parts == call[0].Elements?.Count ? [call[0].Elements![i]] : null,
        };
        var outputs = Enumerable.Range(0, parts).Select(Part);
        return new([.. outputs], axes[axis].CountsRows ? $"{call.Node.Place} takes rows by their place in the batch" : null);
    }

    /// <summary>A tensor repeated along its axes.</summary>
    public static Outcome Tile(NodeCall call)
    {
        if (call[0].Axes is not { } axes || call[1].Elements is not { } repeats || repeats.Count != axes.Count)
            return call.Unfollowed(call[0].Type);
        Quantity[] wider = [.. axes.Select((a, i) => Quantity.Multiply(a, Quantity.Both(repeats[i], Quantity.AnySize), Quantity.AnySize) ?? Quantity.AnySize)];
        var mixes = call[0].RowAxis is { } rows && repeats[rows].Exact != 1 ? $"{call.Node.Place} repeats the batch behind itself" : null;
        return new([ShapeRules.Moved(call[0], wider, isOrdered: false)], mixes);
    }

    /// <summary>A tensor with a margin.</summary>
    public static Outcome Pad(NodeCall call)
    {
        var pads = call.List("pads", 1).Exact;
        if (call[0].Axes is not { } axes || pads is null || pads.Count != 2 * axes.Count || call.Find(3) is not null)
            return call.Unfollowed(call[0].Type);
        var wider = axes.Select((a, i) => pads[i] == 0 && pads[i + axes.Count] == 0
            ? a
            : Quantity.Add(a with { CountsRows = false }, Quantity.Of(pads[i] + pads[i + axes.Count]), Quantity.AnySize) ?? Quantity.AnySize);
        var facts = new TensorFacts { Type = call[0].Type, Axes = [.. wider] };
        return new([facts], facts.RowAxis == call[0].RowAxis ? null : $"{call.Node.Place} adds rows to the batch");
    }

    // How many of an axis lie between two places.
    private static Quantity Cut(Quantity size, Quantity start, Quantity end, long step)
    {
        if (start.Exact is { } from && end.Exact is { } to && step != 0)
        {
            var (few, many) = (Count(size.Min, from, to, step), Count(size.Max, from, to, step));
            // The count rises with the size, then falls where one place is counted from the front and the other from the back.
            return size.Exact is not null ? Quantity.Of(few) : new(Math.Min(few, many), (from < 0) == (to < 0) ? Math.Max(few, many) : size.Max);
        }

        var least = start.Exact == 0 && step == 1 && end.Min >= 1 ? Math.Min(size.Min, end.Min) : 0;
        return new(least, size.Max);
    }

    private static long Count(long size, long start, long end, long step)
    {
        Int128 At(long place, long low, Int128 high)
        {
            var at = place < 0 ? (Int128)place + size : place;
            return at < low ? low : at > high ? high : at;
        }

        var (from, to) = step > 0 ? (At(start, 0, size), At(end, 0, size)) : (At(start, 0, (Int128)size - 1), At(end, -1, (Int128)size - 1));
        var between = step > 0 ? to - from : from - to;
        var stride = Int128.Abs(step);
        return between <= 0 ? 0 : (long)((between + stride - 1) / stride);
    }

    private static IEnumerable<Quantity> Part(IReadOnlyList<Quantity> elements, long from, long to)
    {
        int At(long place) => (int)Math.Clamp(place < 0 ? place + elements.Count : place, 0, elements.Count);
        return elements.Skip(At(from)).Take(Math.Max(0, At(to) - At(from)));
    }
}
