namespace SeqServe.Onnx.Reading;

/// <summary>What the reading of a graph knows of one tensor, whatever clients send.</summary>
internal sealed record TensorFacts
{
    /// <summary>Most elements that are known one by one.</summary>
    public const int MostElements = 64;

    /// <summary>Most axes that are known one by one.</summary>
    public const int MostAxes = 64;

    private const int MostSources = 4;

    /// <summary>Nothing is known of it.</summary>
    public static TensorFacts Unknown { get; } = new();

    /// <summary>The type of its elements.</summary>
    public int Type { get; init; }

    /// <summary>Its axes; null where not even their number is known.</summary>
    public IReadOnlyList<Quantity>? Axes { get; init; }

    /// <summary>Its elements, of a scalar or a list of whole numbers; null where they are not known one by one.</summary>
    public IReadOnlyList<Quantity>? Elements { get; init; }

    /// <summary>What every element is within, of a tensor of whole numbers.</summary>
    public Quantity Range { get; init; } = Quantity.Any;

    /// <summary>Whether it is a constant none of whose elements is −1.</summary>
    public bool IsFreeOfMinusOne { get; init; }

    /// <summary>Its elements, of a short constant of single precision.</summary>
    public IReadOnlyList<float>? Reals { get; init; }

    /// <summary>Inputs of the graph whose values it is computed from; no more than a message can name.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Whether its elements are computed from the rows of the batch, each from its own.</summary>
    public bool HoldsRows { get; init; }

    /// <summary>Why its elements or its shape depend on how rows are batched; null when they do not.</summary>
    public Mix? Mixed { get; init; }

    /// <summary>Whether some of its axes may have no element, where every input of the graph has some.</summary>
    public bool MayBeEmpty => Axes is null || Axes.Any(axis => axis.Min < 1);

    /// <summary>The axis that the rows lie along; null for a tensor without.</summary>
    public int? RowAxis
    {
        get
        {
            for (var i = 0; i < (Axes?.Count ?? 0); i++)
            {
                if (Axes![i].CountsRows)
                    return i;
            }

            return null;
        }
    }

    /// <summary>Whether one of its elements is the number of rows.</summary>
    public bool CountsRows => Elements?.Any(e => e.CountsRows) ?? Range.CountsRows;

    /// <summary>What is known of its elements as whole numbers of its type.</summary>
    public Quantity Numbers => Quantity.Both(Range with { CountsRows = false }, ElementType.Range(Type));

    /// <summary>A tensor of known elements.</summary>
    /// <param name="type">Their type.</param>
    /// <param name="axes">Its axes.</param>
    /// <param name="elements">As many as the axes say.</param>
    public static TensorFacts Of(int type, IReadOnlyList<Quantity> axes, IReadOnlyList<Quantity> elements) => new()
    {
        Type = type,
        Axes = axes,
        Elements = elements.Count <= MostElements && axes.Count <= 1 ? elements : null,
        Range = elements.Count == 0 ? Quantity.Of(0) : elements.Aggregate(Quantity.Either),
    };

    /// <summary>A tensor that the file holds.</summary>
    public static TensorFacts Of(GraphConstant constant)
    {
        Quantity[]? axes = constant.Shape is null || constant.Shape.Count > MostAxes ? null : [.. constant.Shape.Select(Quantity.Of)];
        return constant.Numbers is { } numbers && axes is not null
            ? Of(constant.Type, axes, [.. numbers.Select(Quantity.Of)]) with { IsFreeOfMinusOne = !numbers.Contains(-1) }
            : new() { Type = constant.Type, Axes = axes, Range = ElementType.Range(constant.Type), Reals = constant.Reals };
    }

    /// <summary>A tensor that is one of two, as behind a branch.</summary>
    public static TensorFacts Either(TensorFacts a, TensorFacts b) => new()
    {
        Type = a.Type == b.Type ? a.Type : ElementType.Unknown,
        Axes = a.Axes is { } left && b.Axes is { } right && left.Count == right.Count && a.RowAxis == b.RowAxis
            ? [.. left.Zip(right, Quantity.Either)]
            : null,
        Range = Quantity.Either(a.Range, b.Range),
        Sources = Union(a.Sources, b.Sources),
        HoldsRows = a.HoldsRows || b.HoldsRows,
        Mixed = Mix.Surest([a.Mixed, b.Mixed]),
    };

    /// <summary>The inputs named by either.</summary>
    public static IReadOnlyList<string> Union(IReadOnlyList<string> a, IReadOnlyList<string> b) =>
        a.Count >= MostSources || b.Count == 0 ? a : a.Count == 0 ? b : [.. a.Union(b, StringComparer.Ordinal).Take(MostSources)];
}
