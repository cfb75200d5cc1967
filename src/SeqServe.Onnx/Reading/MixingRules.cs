namespace SeqServe.Onnx.Reading;

/// <summary>Operators whose result depends on all rows of a batch, whatever their shapes.</summary>
internal static class MixingRules
{
    /// <summary>Adds the rules.</summary>
    public static void AddTo(Dictionary<string, OperatorRule> rules)
    {
        Add(rules, "takes its scale over all rows", Quantized, "DynamicQuantizeLinear");
        Add(rules, "takes its scale over all rows", SameFloat, "com.microsoft.DynamicQuantizeMatMul", "com.microsoft.DynamicQuantizeLSTM");
        Add(rules, "gives as many elements as all rows together have", Indices, "NonZero", "NonMaxSuppression");
        Add(rules, "gives as many elements as all rows together have", SameType, "Compress", "Unique", "com.microsoft.Unique");
        Add(
            rules, "draws random numbers for the batch as a whole", SameType, "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform",
            "RandomUniformLike");
        Add(rules, "gives every row as many parts as the longest has", SameType, "StringSplit", "StringNormalizer");
        foreach (var name in new[] { "Scatter", "ScatterElements", "ScatterND" })
        {
            // Places that are made from the rows' numbers may be each row's own.
            rules[name] = call =>
                new(SameType(call), new Mix($"{call.Node.Place} writes to places that rows share", IsDoubt: call[1].Mixed is { IsDoubt: true }));
        }

        Add(rules, "takes one number over all rows", SameType, "NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss");
    }

    /// <summary>Whether an operator draws random numbers, so that its result belongs to no row.</summary>
    public static bool IsRandom(GraphNode node) => node.Title is "RandomNormal" or "RandomUniform";

    private static void Add(
        Dictionary<string, OperatorRule> rules, string why, Func<NodeCall, IReadOnlyList<TensorFacts>> outputs, params IEnumerable<string> names)
    {
        foreach (var name in names)
            rules[name] = call => new(outputs(call), $"{call.Node.Place} {why}");
    }

    // Nothing is known of the shapes, for most depend on the values.
    private static IReadOnlyList<TensorFacts> SameType(NodeCall call) =>
        [new() { Type = call[0].Type, Axes = call.Node.Title.StartsWith("Scatter", StringComparison.Ordinal) ? call[0].Axes : null }];

    // Of a list of ones, by which exporters count, every place is given.
    private static IReadOnlyList<TensorFacts> Indices(NodeCall call)
    {
        var isFull = call.Node.Title == "NonZero" && call[0].Axes is [_] && ElementType.IsInteger(call[0].Type) && call[0].Numbers.Min > 0;
        return [new() { Type = ElementType.Int64, Axes = isFull ? [Quantity.Of(1), call[0].Axes![0]] : null, Range = Quantity.AnySize }];
    }

    private static IReadOnlyList<TensorFacts> SameFloat(NodeCall call) => [new() { Type = ElementType.Float }];

    private static IReadOnlyList<TensorFacts> Quantized(NodeCall call) =>
    [
        new() { Type = 2, Axes = call[0].Axes },
        new() { Type = ElementType.Float, Axes = [] },
        new() { Type = 2, Axes = [] },
    ];
}
