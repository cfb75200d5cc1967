namespace SeqServe.Onnx.Reading;

/// <summary>Operators that multiply matrices, convolve, or go along a sequence.</summary>
internal static class MatrixRules
{
    /// <summary>Products of matrices, which are the last two axes, of the type of the first.</summary>
    public static Outcome Product(NodeCall call) => Product(call, call[0], call[1], call[0].Type);

    /// <summary>Products of whole numbers.</summary>
    public static Outcome IntegerProduct(NodeCall call) => Product(call, call[0], call[1], ElementType.Int32);

    /// <summary>Products of whole numbers, scaled back to reals.</summary>
    public static Outcome ScaledProduct(NodeCall call) => Product(call, call[0], call[1], ElementType.Float);

    /// <summary>Products of numbers that were made whole with scales of their own: a, scale, zero, b, scale, zero, scale, zero.</summary>
    public static Outcome QuantizedProduct(NodeCall call) => Product(call, call[0], call[3], call[7].Type);

    /// <summary>A product of two matrices, either of them turned, and a sum.</summary>
    public static Outcome Gemm(NodeCall call)
    {
        if (call[0].Axes is not [_, _] || call[1].Axes is not [_, _])
            return call.Unfollowed(call[0].Type);
        var (left, right) = (Turned(call[0], call.Number("transA", 0)), Turned(call[1], call.Number("transB", 0)));
        var outcome = Product(call, left, right, call[0].Type);
        if (outcome.Mixes is not null || call.Find(2) is not { } added)
            return outcome;
        return ElementwiseRules.Of(call, call[0].Type, outcome.Outputs[0], added);
    }

    /// <summary>Filters or pools along the axes behind the channels; rows are axis 0.</summary>
    public static Outcome Convolution(NodeCall call) => AlongSpace(call, call[0], call[1].Axes?.FirstOrDefault(Quantity.AnySize), call[0].Type);

    /// <summary>Filters of whole numbers.</summary>
    public static Outcome IntegerConvolution(NodeCall call) => AlongSpace(call, call[0], call[1].Axes?.FirstOrDefault(Quantity.AnySize), ElementType.Int32);

    /// <summary>Filters that spread what they are applied to.</summary>
    public static Outcome TransposedConvolution(NodeCall call) => AlongSpace(call, call[0], Quantity.AnySize, call[0].Type);

    /// <summary>One of the numbers, or their mean, within windows behind the channels.</summary>
    public static Outcome Pool(NodeCall call)
    {
        var outcome = AlongSpace(call, call[0], call[0].Axes is { Count: > 1 } axes ? axes[1] : null, call[0].Type);
        return outcome with { Outputs = [outcome.Outputs[0], outcome.Outputs[0] with { Type = ElementType.Int64 }] };
    }

    /// <summary>One number of all behind the channels.</summary>
    public static Outcome GlobalPool(NodeCall call)
    {
        if (call[0].Axes is not { Count: > 1 } axes)
            return call.Unfollowed(call[0].Type);
        var mixes = call[0].RowAxis > 1 ? $"{call.Node.Place} goes along the rows of the batch" : null;
        return Outcome.Of(call[0].Type, [.. axes.Select((a, i) => i < 2 ? a : Quantity.Of(1))], mixes);
    }

    /// <summary>Images in another size; rows are axis 0.</summary>
    public static Outcome Resize(NodeCall call)
    {
        if (call[0].Axes is not { } axes)
            return call.Unfollowed(call[0].Type);
        var scales = call.Find(call.Node.Inputs.Count > 2 ? 2 : 1)?.Reals;
        var sizes = call.Find(3)?.Elements;
        var keeps = scales is [1f, ..] || (sizes is [var first, ..] && first.CountsRows);
        var isKnown = sizes?.Count == axes.Count;
        Quantity[] wider = [.. axes.Select((a, i) => i == 0 && keeps ? a : isKnown ? Quantity.Both(sizes![i], Quantity.AnySize) : Quantity.AnySize)];
        var isKept = call[0].RowAxis is null || (call[0].RowAxis == 0 && keeps);
        return new([new TensorFacts { Type = call[0].Type, Axes = wider }], isKept ? null : $"{call.Node.Place} resizes the axis of the rows");
    }

    /// <summary>RNN, LSTM and GRU: a sequence [T,B,I], weights, lengths [B] and states [d,B,H] to [T,d,B,H] and states.</summary>
    public static Outcome Recurrent(NodeCall call)
    {
        if (call[0].Axes is not [var first, var second, _])
            return call.Unfollowed(call[0].Type);
        var isBatchFirst = call.Number("layout", 0) == 1;
        var (time, rows) = isBatchFirst ? (second, first) : (first, second);
        var directions = Quantity.Of(call.Text("direction") == "bidirectional" ? 2 : 1);
        var hidden = call.Number("hidden_size", 0) is > 0 and var size ? Quantity.Of(size) : Quantity.AnySize;
        Quantity[] all = isBatchFirst ? [rows, time, directions, hidden] : [time, directions, rows, hidden];
        Quantity[] last = isBatchFirst ? [rows, directions, hidden] : [directions, rows, hidden];
        var states = new TensorFacts { Type = call[0].Type, Axes = last };
        var axis = isBatchFirst ? 0 : 1;
        var isApart = (call[0].RowAxis ?? axis) == axis && (call[4].RowAxis ?? 0) == 0 && (call[5].RowAxis ?? axis) == axis && (call[6].RowAxis ?? axis) == axis
            && !call[1].HoldsRows && !call[2].HoldsRows && !call[3].HoldsRows && !call[7].HoldsRows;
        var outputs = new TensorFacts { Type = call[0].Type, Axes = all };
        return new([outputs, states, states], isApart ? null : $"{call.Node.Place} goes along the rows of the batch");
    }

    /// <summary>Sums of products by an equation.</summary>
    public static Outcome Einsum(NodeCall call)
    {
        var sides = call.Text("equation")?.Replace(" ", "", StringComparison.Ordinal).Split("->");
        var type = ElementwiseRules.TypeOf(call.Given);
        if (sides is not [var left, var output] || left.Contains('.', StringComparison.Ordinal))
            return call.Unfollowed(type);
        var terms = left.Split(',');
        if (terms.Length != call.Inputs.Count || terms.Zip(call.Inputs).Any(t => t.Second?.Axes?.Count != t.First.Length))
            return call.Unfollowed(type);
        var sizes = new Dictionary<char, Quantity>();
        foreach (var (term, input) in terms.Zip(call.Inputs))
        {
            for (var i = 0; i < term.Length; i++)
                sizes[term[i]] = sizes.TryGetValue(term[i], out var known) ? Quantity.Either(known, input!.Axes![i]) : input!.Axes![i];
        }

        var rows = sizes.Where(s => s.Value.CountsRows).Select(s => s.Key).ToList();
        var isApart = rows.Count == 0 || (rows.Count == 1 && output.Contains(rows[0], StringComparison.Ordinal)
            && terms.Zip(call.Inputs).All(t => t.Second!.RowAxis is not null || !t.First.Contains(rows[0], StringComparison.Ordinal)));
        Quantity[] axes = [.. output.Select(c => sizes.TryGetValue(c, out var size) ? size : Quantity.AnySize)];
        return new([new TensorFacts { Type = type, Axes = axes }], isApart ? null : $"{call.Node.Place} sums over the rows of the batch");
    }

    private static Outcome Product(NodeCall call, TensorFacts left, TensorFacts right, int type)
    {
        if (left.Axes is not { Count: >= 2 } a || right.Axes is not { Count: >= 1 } b)
            return call.Unfollowed(type);
        Quantity[] columns = b.Count == 1 ? [] : [b[^1]];
        var leading = new TensorFacts { Axes = [.. a.SkipLast(2)] };
        var others = new TensorFacts { Axes = [.. b.SkipLast(2)] };
        var outcome = ElementwiseRules.Of(call, type, leading, others);
        var facts = new TensorFacts { Type = type, Axes = [.. outcome.Outputs[0].Axes!, a[^2], .. columns] };
        var isSummed = a[^1].CountsRows || b[b.Count == 1 ? 0 : ^2].CountsRows;
        var isCrossed = facts.Axes.Count(x => x.CountsRows) > 1;
        // Matrices of rows times one that lies along the rows as well.
        var mixes = isSummed ? $"{call.Node.Place} sums over the rows of the batch"
            : isCrossed ? $"{call.Node.Place} combines every row with every other" : outcome.Mixes;
        return new([facts], mixes);
    }

    private static TensorFacts Turned(TensorFacts facts, long? isTurned) => isTurned == 0 ? facts : facts with { Axes = [.. facts.Axes!.Reverse()] };

    private static Outcome AlongSpace(NodeCall call, TensorFacts input, Quantity? channels, int type)
    {
        if (input.Axes is not { Count: > 1 } axes || channels is null)
            return call.Unfollowed(type);
        var space = axes.Skip(2).Select((size, i) => new Quantity(size.Min > 0 && Fills(call, i, axes.Count - 2) ? 1 : 0, long.MaxValue));
        Quantity[] left = [axes[0], channels.Value, .. space];
        var mixes = input.RowAxis is null or 0 ? null : $"{call.Node.Place} goes along the rows of the batch";
        return new([new TensorFacts { Type = type, Axes = left }], mixes ?? (call.Inputs.Skip(1).OfType<TensorFacts>().Any(w => w.HoldsRows)
            ? $"{call.Node.Place} takes its weights from the rows" : null));
    }

    // Whether a window fits in at least once, whatever the size: its reach is no wider than the margin.
    private static bool Fills(NodeCall call, int axis, int count)
    {
        long At(string name, int index, long otherwise) => call.List(name).Exact is { } all && index < all.Count ? all[index] : otherwise;
        if (call.Text("auto_pad") is "SAME_UPPER" or "SAME_LOWER")
            return true;
        var window = At("kernel_shape", axis, long.MaxValue);
        var margin = At("pads", axis, 0) + At("pads", axis + count, 0);
        return window > 0 && window <= int.MaxValue && At("dilations", axis, 1) is > 0 and <= int.MaxValue and var stride && (window - 1) * stride <= margin;
    }
}
