namespace SeqServe.Onnx.Reading;

/// <summary>Operators that compute each element from the elements at its place, with broadcasting.</summary>
internal static class ElementwiseRules
{
    /// <summary>What becomes of two whole numbers; null where it is no longer a multiple of the rows.</summary>
    internal delegate Quantity? Arithmetic(Quantity left, Quantity right, Quantity range);

    /// <summary>The type of the elements is that of the first input.</summary>
    public static Outcome SameType(NodeCall call) => Of(call, TypeOf(call.Given));

    /// <summary>Truth values.</summary>
    public static Outcome Truth(NodeCall call) => Of(call, ElementType.Bool);

    /// <summary>Whether two are equal.</summary>
    public static Outcome Equal(NodeCall call) => Compute(call, ElementType.Bool, static (a, b, _) =>
        a.Max < b.Min || b.Max < a.Min ? Quantity.Of(0) : a.Exact is { } left && left == b.Exact ? Quantity.Of(1) : new Quantity(0, 1));

    /// <summary>Arithmetic of two tensors.</summary>
    public static OperatorRule Of(Arithmetic arithmetic) => call => Compute(call, TypeOf(call.Given), arithmetic);

    /// <summary>The larger or smaller of several.</summary>
    public static OperatorRule Choice(Func<long, long, long> choose) => Of((a, b, _) =>
        a.CountsRows || b.CountsRows ? null : new Quantity(choose(a.Min, b.Min), choose(a.Max, b.Max)));

    /// <summary>Remainders: between 0 and what is divided by, where that is above 0.</summary>
    public static Outcome Modulo(NodeCall call) => call.Number("fmod", 0) == 0
        ? Compute(call, TypeOf(call.Given), static (a, b, range) => a.CountsRows || b.CountsRows ? null : b.Min > 0 ? new Quantity(0, b.Max - 1) : range)
        : SameType(call);

    /// <summary>Whole numbers without their sign; the smallest has none.</summary>
    public static Outcome Absolute(NodeCall call)
    {
        var numbers = call[0].Numbers;
        var outcome = SameType(call);
        if (!ElementType.IsInteger(call[0].Type) || numbers.Min == ElementType.Range(call[0].Type).Min && numbers.Min < 0)
            return outcome;
        var least = numbers.Min > 0 ? numbers.Min : 0;
        return Outcome.Of(outcome.Outputs[0] with { Range = new(least, Math.Max(Math.Abs(numbers.Min), Math.Abs(numbers.Max))) });
    }

    /// <summary>Numbers that are kept within bounds.</summary>
    public static Outcome Clip(NodeCall call)
    {
        var (numbers, outcome) = (call[0].Numbers, Of(call, call[0].Type, call[0]));
        var (low, high) = (call.Find(1)?.Numbers.Min ?? long.MinValue, call.Find(2)?.Numbers.Max ?? long.MaxValue);
        var range = new Quantity(Math.Max(numbers.Min, low), Math.Max(Math.Max(numbers.Min, low), Math.Min(numbers.Max, high)));
        return outcome with { Outputs = [outcome.Outputs[0] with { Range = range }] };
    }

    /// <summary>Numbers of another type.</summary>
    public static Outcome Cast(NodeCall call)
    {
        var type = (int)(call.Number("to", ElementType.Unknown) ?? ElementType.Unknown);
        return CastTo(call, type);
    }

    /// <summary>Numbers of the type of the second input.</summary>
    public static Outcome CastLike(NodeCall call) => CastTo(call, call[1].Type);

    /// <summary>One of two, by truth values.</summary>
    public static Outcome Where(NodeCall call)
    {
        var (condition, yes, no) = (call[0], call[1], call[2]);
        var outcome = Of(call, TypeOf([yes, no]));
        var facts = outcome.Outputs[0] with { Range = Quantity.Either(yes.Range, no.Range) };
        if (condition.Elements is { } which && yes.Elements is { } left && no.Elements is { } right
            && Common(which.Count, left.Count, right.Count) is { } count)
        {
            facts = facts with
            {
                Elements = [.. Enumerable.Range(0, count).Select(i => At(which, i).Exact switch
                {
                    1 => At(left, i),
                    0 => At(right, i),
                    _ => Quantity.Either(At(left, i), At(right, i)),
                })],
            };
        }

        return outcome with { Outputs = [facts] };
    }

    /// <summary>Tensors that are broadcast to one.</summary>
    /// <param name="call">The operator; all of its inputs take part.</param>
    /// <param name="type">The type of its elements.</param>
    public static Outcome Of(NodeCall call, int type) => Of(call, type, [.. call.Given]);

    /// <summary>Tensors that are broadcast to one.</summary>
    public static Outcome Of(NodeCall call, int type, params IReadOnlyList<TensorFacts> inputs)
    {
        if (inputs.Count == 0 || inputs.Any(i => i.Axes is null))
            return call.Unfollowed(type);
        var rank = inputs.Max(i => i.Axes!.Count);
        var axes = new Quantity[rank];
        Array.Fill(axes, Quantity.Of(1));
        foreach (var input in inputs)
        {
            for (var i = 0; i < input.Axes!.Count; i++)
            {
                ref var axis = ref axes[rank - input.Axes.Count + i];
                axis = Quantity.Broadcast(axis, input.Axes[i]);
            }
        }

        return new([new TensorFacts { Type = type, Axes = axes }], Misplaced(call, inputs, rank));
    }

    /// <summary>The first type that is known.</summary>
    public static int TypeOf(IEnumerable<TensorFacts> inputs) => inputs.FirstOrDefault(i => i.Type != ElementType.Unknown)?.Type ?? ElementType.Unknown;

    // Whether the rows of all inputs meet at one axis, where what holds no rows is the same for each.
    private static Mix? Misplaced(NodeCall call, IReadOnlyList<TensorFacts> inputs, int rank)
    {
        int? rows = null;
        foreach (var input in inputs)
        {
            if (input.RowAxis is not { } axis)
                continue;
            var place = axis + rank - input.Axes!.Count;
            if (rows is not null && rows != place)
                return new($"{call.Node.Place} combines every row with every other");
            rows = place;
        }

        if (rows is not { } at)
            return null;
        var without = inputs.Where(i => i.RowAxis is null && at >= rank - i.Axes!.Count);
        var sizes = without.Select(i => i.Axes![at - (rank - i.Axes.Count)].Exact).Where(size => size != 1).ToList();
        return sizes.Count == 0 ? null : new($"{call.Node.Place} takes for each row a number by its place in the batch", IsDoubt: sizes.Contains(null));
    }

    private static Outcome CastTo(NodeCall call, int type)
    {
        var (input, range) = (call[0], ElementType.Range(type));
        var facts = new TensorFacts { Type = type, Axes = input.Axes };
        if (!ElementType.IsInteger(type) || !(ElementType.IsInteger(input.Type) || input.Type == ElementType.Bool))
            return Outcome.Of(facts);
        Quantity Fit(Quantity number) => number.Min >= range.Min && number.Max <= range.Max ? number : range with { CountsRows = number.CountsRows };
        return Outcome.Of(facts with { Elements = input.Elements is { } elements ? [.. elements.Select(Fit)] : null, Range = Fit(input.Numbers) });
    }

    private static Outcome Compute(NodeCall call, int type, Arithmetic arithmetic)
    {
        var inputs = call.Given.ToList();
        var outcome = Of(call, type, inputs);
        if (inputs.Count == 0 || !inputs.TrueForAll(i => ElementType.IsInteger(i.Type) || i.Type == ElementType.Bool))
            return outcome;
        var range = ElementType.Range(type);
        var facts = outcome.Outputs[0];
        if (inputs.TrueForAll(i => i.Elements is not null) && Common([.. inputs.Select(i => i.Elements!.Count)]) is { } count)
        {
            var elements = Enumerable.Range(0, count).Select(i => Fold(inputs.Select(input => At(input.Elements!, i)), arithmetic, range)).ToList();
            if (elements.TrueForAll(e => e is not null))
                return outcome with { Outputs = [facts with { Elements = [.. elements.Select(e => e!.Value)], Range = Hull(elements, range) }] };
        }

        return outcome with { Outputs = [facts with { Range = Fold(inputs.Select(i => i.Numbers), arithmetic, range) ?? range }] };
    }

    private static Quantity Hull(IEnumerable<Quantity?> elements, Quantity range) =>
        elements.Aggregate((Quantity?)null, (hull, next) => hull is null ? next : Quantity.Either(hull.Value, next!.Value)) ?? range;

    private static Quantity? Fold(IEnumerable<Quantity> numbers, Arithmetic arithmetic, Quantity range) =>
        numbers.Select(n => (Quantity?)n).Aggregate((a, b) => a is null ? null : arithmetic(a.Value, b!.Value, range));

    private static Quantity At(IReadOnlyList<Quantity> elements, int index) => elements[elements.Count == 1 ? 0 : index];

    private static int? Common(params int[] counts)
    {
        var largest = counts.Max();
        return counts.All(c => c == largest || c == 1) ? largest : null;
    }
}
