namespace SeqServe.Onnx.Reading;

/// <summary>Operators that compute along some axes: statistics, sorts, scales and sums.</summary>
internal static class AxisRules
{
    /// <summary>One number for all along some axes.</summary>
    /// <param name="isOneOfThem">Whether it is one of the numbers, as the largest is.</param>
    public static OperatorRule Reduce(bool isOneOfThem) => call =>
    {
        var input = call[0];
        if (input.Axes is not { } axes)
            return call.Unfollowed(input.Type);
        int[] all = call.Number("noop_with_empty_axes", 0) == 1 ? [] : [.. Enumerable.Range(0, axes.Count)];
        if (call.Axes(axes.Count, 1, all) is not { } named)
            return new([new TensorFacts { Type = input.Type }], new($"{call.Node.Place} goes along axes that are not in the graph", IsDoubt: true));
        var gone = named.Count == 0 ? all : named;
        var keeps = call.Number("keepdims", 1) != 0;
        var left = axes.Select((a, i) => gone.Contains(i) ? Quantity.Of(1) : a).Where((_, i) => keeps || !gone.Contains(i));
        var facts = new TensorFacts { Type = input.Type, Axes = [.. left], Range = isOneOfThem ? input.Range : ElementType.Range(input.Type) };
        return new([facts], Along(call, gone));
    };

    /// <summary>The place of one of the numbers along an axis.</summary>
    public static Outcome Place(NodeCall call)
    {
        if (call[0].Axes is not { } axes || call.Axis("axis", 0, axes.Count) is not { } axis)
            return call.Unfollowed(ElementType.Int64);
        var keeps = call.Number("keepdims", 1) != 0;
        var left = axes.Select((a, i) => i == axis ? Quantity.Of(1) : a).Where((_, i) => keeps || i != axis);
        return new([new TensorFacts { Type = ElementType.Int64, Axes = [.. left], Range = new(0, axes[axis].Max) }], Along(call, [axis]));
    }

    /// <summary>Numbers that are scaled by, or summed up with, those along one axis.</summary>
    /// <param name="otherwise">The axis where none is named.</param>
    /// <param name="input">The input that names it.</param>
    public static OperatorRule Scale(long otherwise, int input = int.MaxValue) => call =>
        call[0].Axes is not { } axes ? call.Unfollowed(call[0].Type)
            : call.Axis("axis", otherwise, axes.Count, input) is not { } axis
                ? Same(call, new($"{call.Node.Place} goes along an axis that is not in the graph", IsDoubt: true))
            : Same(call, Along(call, [axis]));

    /// <summary>Softmax: along an axis since version 13, along it and all behind it before.</summary>
    public static Outcome Softmax(NodeCall call) => call.Opset is >= 13 or 0 ? Scale(-1)(call) : FromAxis(1)(call);

    /// <summary>Numbers that are scaled by those along an axis and all behind it.</summary>
    /// <param name="otherwise">The axis where none is named.</param>
    public static OperatorRule FromAxis(long otherwise) => call =>
        call[0].Axes is { } axes && call.Axis("axis", otherwise, axes.Count) is { } axis
            ? Same(call, Along(call, Enumerable.Range(axis, axes.Count - axis)))
            : call.Unfollowed(call[0].Type);

    /// <summary>Numbers that are scaled by those along axes of a list.</summary>
    public static Outcome MeanVariance(NodeCall call) => call[0].Axes is { } axes && call.Axes(axes.Count, int.MaxValue, [0, 2, 3]) is { } named
        ? Same(call, Along(call, named))
        : call.Unfollowed(call[0].Type);

    /// <summary>The largest numbers along an axis, and their places.</summary>
    public static Outcome TopK(NodeCall call)
    {
        if (call[0].Axes is not { } axes || call.Axis("axis", -1, axes.Count) is not { } axis)
            return call.Unfollowed(call[0].Type);
        var count = call.Find(1) is { } k ? (k.Elements is [var only] ? only : Quantity.AnySize) : Quantity.Of(call.Number("k", 0) ?? 0);
        Quantity[] left = [.. axes.Select((a, i) => i == axis ? Quantity.Both(count with { CountsRows = false }, Quantity.AnySize) : a)];
        var places = new TensorFacts { Type = ElementType.Int64, Axes = left, Range = new(0, axes[axis].Max) };
        return new([new TensorFacts { Type = call[0].Type, Axes = left, Range = call[0].Range }, places], Along(call, [axis]));
    }

    /// <summary>Normalization by statistics of the weights; in training by those of the batch.</summary>
    public static Outcome BatchNormalization(NodeCall call)
    {
        var learns = call.Number("training_mode", 0) != 0 || (call.Opset is > 0 and < 7 && call.Number("is_test", 0) == 0)
            || (call.Opset is > 0 and < 14 && call.Node.Outputs.Count(o => o.Length > 0) > 1);
        return Channels(call, learns ? new Mix($"{call.Node.Place} takes mean and variance over all rows, as in training") : null);
    }

    /// <summary>Numbers that are computed within a row of axis 0, by weights for axis 1.</summary>
    public static Outcome Channels(NodeCall call) => Channels(call, null);

    /// <summary>Numbers that are left as they are, but in training.</summary>
    public static Outcome Dropout(NodeCall call)
    {
        var isOff = call.Find(2) is not { } training || training.Elements is [{ Exact: 0 }];
        var drops = call.Opset is > 0 and < 7 ? call.Number("is_test", 0) == 0 : !isOff;
        var mask = new TensorFacts { Type = ElementType.Bool, Axes = call[0].Axes };
        return new([call[0], mask], drops ? new($"{call.Node.Place} draws random numbers for the batch as a whole") : null);
    }

    /// <summary>Classes as lists of zeros with a one.</summary>
    public static Outcome OneHot(NodeCall call)
    {
        if (call[0].Axes is not { } axes || call.Axis("axis", -1, axes.Count + 1) is not { } axis)
            return call.Unfollowed(call[2].Type);
        var depth = call[1].Elements is [var only] ? Quantity.Both(only, Quantity.AnySize) : Quantity.AnySize;
        return Outcome.Of(call[2].Type, [.. axes.Take(axis), depth, .. axes.Skip(axis)]);
    }

    /// <summary>The upper or lower half of matrices, which are the last two axes.</summary>
    public static Outcome Triangle(NodeCall call) =>
        Same(call, call[0].RowAxis >= call[0].Axes?.Count - 2 ? new Mix($"{call.Node.Place} takes rows by their place in the batch") : null);

    /// <summary>The first part of each row in reverse.</summary>
    public static Outcome ReverseSequence(NodeCall call)
    {
        var (batch, time) = (call.Number("batch_axis", 1), call.Number("time_axis", 0));
        return Same(call, call[0].RowAxis is null || (call[0].RowAxis == batch && batch != time) ? null : Along(call));
    }

    /// <summary>A tensor of the shape and type of the first input.</summary>
    public static Outcome Same(NodeCall call, Mix? mixes) => Outcome.Of(call[0].Type, call[0].Axes, mixes);

    private static Outcome Channels(NodeCall call, Mix? mixes) =>
        Same(call, mixes ?? (call[0].RowAxis is null or 0 ? null : Along(call)));

    private static Mix? Along(NodeCall call, IEnumerable<int> axes) => call[0].RowAxis is { } rows && axes.Contains(rows) ? Along(call) : null;

    private static Mix Along(NodeCall call) => new($"{call.Node.Place} goes along the rows of the batch");
}
