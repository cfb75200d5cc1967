namespace SeqServe.Onnx.Reading;

/// <summary>What is known of operators, by their names. Of one that is not here nothing is known.</summary>
internal static class OperatorRules
{
    private const string Microsoft = "com.microsoft";
    private const string Learning = "ai.onnx.ml";

    private static readonly Dictionary<string, OperatorRule> s_rules = new(StringComparer.Ordinal);

    // Inputs that are no tensors to compute with but shapes, places and counts.
    private static readonly Dictionary<string, int> s_firstShape = new(StringComparer.Ordinal)
    {
        ["Reshape"] = 1,
        ["Expand"] = 1,
        ["ConstantOfShape"] = 0,
        ["Tile"] = 1,
        ["Slice"] = 1,
        ["Range"] = 0,
        ["Pad"] = 1,
        ["TopK"] = 1,
        ["Split"] = 1,
        ["Squeeze"] = 1,
        ["Unsqueeze"] = 1,
        ["CumSum"] = 1,
        ["Trilu"] = 1,
        ["Resize"] = 1,
        ["Upsample"] = 1,
        ["ReduceSum"] = 1,
        ["ReduceMean"] = 1,
        ["ReduceMax"] = 1,
        ["ReduceMin"] = 1,
        ["ReduceProd"] = 1,
        ["ReduceL1"] = 1,
        ["ReduceL2"] = 1,
        ["ReduceLogSum"] = 1,
        ["ReduceLogSumExp"] = 1,
        ["ReduceSumSquare"] = 1,
        ["Dropout"] = 1,
    };

    static OperatorRules()
    {
        AddElementwise();
        AddShapes();
        AddAxes();
        AddMatrices();
        AddOfRows();
        MixingRules.AddTo(s_rules);
    }

    /// <summary>The rule of an operator; null where nothing is known of it.</summary>
    public static OperatorRule? Find(GraphNode node) => s_rules.GetValueOrDefault(node.Title);

    /// <summary>Index of the first input that is a shape, a place or a count; it and all behind it are.</summary>
    public static int FirstShape(GraphNode node) => node.Title == "OneHot" ? 1 : s_firstShape.GetValueOrDefault(node.Title, int.MaxValue);

    private static void Add(OperatorRule rule, params IEnumerable<string> names)
    {
        foreach (var name in names)
            s_rules[name] = rule;
    }

    private static void Add(string domain, OperatorRule rule, params IEnumerable<string> names) => Add(rule, names.Select(name => $"{domain}.{name}"));

    private static void AddElementwise()
    {
        Add(
            ElementwiseRules.SameType, "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "BitShift",
            "Ceil", "Celu", "Cos", "Cosh", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Log", "Mean", "Mish", "Pow", "PRelu",
            "Reciprocal", "Relu", "Round", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Sum", "Swish", "Tan", "Tanh",
            "ThresholdedRelu", "StringConcat");
        Add(ElementwiseRules.Truth, "And", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Not", "Or", "Xor", "RegexFullMatch");
        Add(ElementwiseRules.Equal, "Equal");
        Add(ElementwiseRules.Of(Quantity.Add), "Add");
        Add(ElementwiseRules.Of(Quantity.Subtract), "Sub");
        Add(ElementwiseRules.Of(Quantity.Multiply), "Mul");
        Add(ElementwiseRules.Of(Quantity.Divide), "Div");
        Add(ElementwiseRules.Choice(Math.Max), "Max");
        Add(ElementwiseRules.Choice(Math.Min), "Min");
        Add(ElementwiseRules.Modulo, "Mod");
        Add(ElementwiseRules.Absolute, "Abs");
        Add(call => ElementwiseRules.Of(call, call[0].Type), "Neg");
        Add(ElementwiseRules.Clip, "Clip");
        Add(ElementwiseRules.Cast, "Cast");
        Add(ElementwiseRules.CastLike, "CastLike");
        Add(ElementwiseRules.Where, "Where");
        Add(call => AxisRules.Same(call, null), "DequantizeLinear", "QuantizeLinear");
        Add(Quantize, "QuantizeLinear");
        Add(call => ElementwiseRules.Of(call, call[1].Type, call[0]), "DequantizeLinear");
        Add(Microsoft, ElementwiseRules.SameType, "BiasGelu", "FastGelu", "Gelu", "QuickGelu");
        Add(Learning, call => AxisRules.Same(call, null), "Binarizer");
        Add(Learning, call => ElementwiseRules.Of(call, ElementType.Float, call[0]), "Scaler", "Imputer");
        Add(Learning, call => ElementwiseRules.Of(call, ElementType.Unknown, call[0]), "LabelEncoder");
    }

    private static void AddShapes()
    {
        Add(ShapeRules.Identity, "Identity");
        Add(ShapeRules.Constant, "Constant");
        Add(ShapeRules.Shape, "Shape");
        Add(ShapeRules.Size, "Size");
        Add(ShapeRules.Reshape, "Reshape");
        Add(ShapeRules.Flatten, "Flatten");
        Add(ShapeRules.Transpose, "Transpose");
        Add(ShapeRules.Squeeze, "Squeeze");
        Add(ShapeRules.Unsqueeze, "Unsqueeze");
        Add(ShapeRules.Expand, "Expand");
        Add(ShapeRules.ConstantOfShape, "ConstantOfShape");
        Add(ShapeRules.Range, "Range");
        Add(SelectionRules.Slice, "Slice");
        Add(SelectionRules.Gather, "Gather");
        Add(SelectionRules.GatherElements, "GatherElements");
        Add(SelectionRules.GatherParts, "GatherND");
        Add(SelectionRules.Concat, "Concat");
        Add(SelectionRules.Split, "Split");
        Add(SelectionRules.Tile, "Tile");
        Add(SelectionRules.Pad, "Pad");
    }

    private static void AddAxes()
    {
        Add(AxisRules.Reduce(isOneOfThem: true), "ReduceMax", "ReduceMin", "ReduceMean");
        Add(
            AxisRules.Reduce(isOneOfThem: false), "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceProd", "ReduceSum", "ReduceSumSquare");
        Add(AxisRules.Place, "ArgMax", "ArgMin");
        Add(AxisRules.Softmax, "Softmax", "LogSoftmax", "Hardmax");
        Add(AxisRules.Scale(-1), "LpNormalization");
        Add(AxisRules.Scale(0, input: 1), "CumSum", "CumProd");
        Add(AxisRules.FromAxis(-1), "LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization");
        Add(AxisRules.MeanVariance, "MeanVarianceNormalization");
        Add(AxisRules.TopK, "TopK");
        Add(AxisRules.BatchNormalization, "BatchNormalization");
        Add(AxisRules.Channels, "InstanceNormalization", "GroupNormalization", "LRN");
        Add(AxisRules.Dropout, "Dropout");
        Add(AxisRules.OneHot, "OneHot");
        Add(AxisRules.Triangle, "Trilu");
        Add(AxisRules.ReverseSequence, "ReverseSequence");
    }

    private static void AddMatrices()
    {
        Add(MatrixRules.Product, "MatMul");
        Add(MatrixRules.IntegerProduct, "MatMulInteger");
        Add(MatrixRules.QuantizedProduct, "QLinearMatMul");
        Add(Microsoft, MatrixRules.ScaledProduct, "MatMulIntegerToFloat");
        Add(MatrixRules.Gemm, "Gemm");
        Add(MatrixRules.Convolution, "Conv");
        Add(MatrixRules.IntegerConvolution, "ConvInteger");
        Add(MatrixRules.TransposedConvolution, "ConvTranspose");
        Add(MatrixRules.Pool, "AveragePool", "LpPool", "MaxPool");
        Add(MatrixRules.GlobalPool, "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool");
        Add(MatrixRules.Resize, "Resize", "Upsample");
        Add(MatrixRules.Recurrent, "GRU", "LSTM", "RNN");
        Add(MatrixRules.Einsum, "Einsum");
        Add(Microsoft, call => MatrixRules.Product(call) is var outcome && call.Number("transA", 0) == 0 && call.Number("transB", 0) == 0
            && call.Number("transBatchA", 0) == 0 && call.Number("transBatchB", 0) == 0 ? outcome : call.Unfollowed(call[0].Type), "FusedMatMul");
    }

    // Of these it is known that each row of axis 0 is computed from its own, where every input that holds rows has them along axis 0.
    private static void AddOfRows()
    {
        Add(OfRows(ElementType.Float), "DepthToSpace", "SpaceToDepth", "GridSample", "Attention", "RotaryEmbedding");
        Add(
            Microsoft, OfRows(ElementType.Float), "Attention", "EmbedLayerNormalization", "GroupQueryAttention", "MultiHeadAttention", "RotaryEmbedding",
            "QAttention", "SkipLayerNormalization", "SkipSimplifiedLayerNormalization");
        Add(
            Microsoft, OfRows(ElementType.Unknown), "NhwcMaxPool", "QGemm", "QLinearAveragePool", "QLinearConv", "QLinearGlobalAveragePool",
            "QLinearLeakyRelu", "QLinearSigmoid");
        Add(OfRows(ElementType.Unknown), "QLinearConv");
        Add(Learning, OfRows(ElementType.Float), "LinearRegressor", "Normalizer", "SVMRegressor", "TreeEnsembleRegressor", "TreeEnsemble");
        Add(Learning, call => new([OfRow(call, ElementType.Unknown, 1), OfRow(call, ElementType.Float, 2)], Scattered(call)),
            "LinearClassifier", "SVMClassifier", "TreeEnsembleClassifier");
    }

    private static OperatorRule OfRows(int type) => call => new([OfRow(call, type, call[0].Axes?.Count)], Scattered(call));

    // Of the other axes nothing is known.
    private static TensorFacts OfRow(NodeCall call, int type, int? rank) => new()
    {
        Type = call[0].Type is ElementType.Float or ElementType.Unknown || type != ElementType.Float ? type : call[0].Type,
        Axes = rank is { } count && call[0].Axes is [var first, ..] ? [first, .. Enumerable.Repeat(Quantity.AnySize, count - 1)] : null,
    };

    private static string? Scattered(NodeCall call) =>
        call.Given.Any(i => i.HoldsRows && i.RowAxis != 0) ? $"{call.Node.Place} is known along axis 0 only, and the rows lie elsewhere" : null;

    private static Outcome Quantize(NodeCall call) => ElementwiseRules.Of(call, call.Find(2)?.Type ?? 2, call[0]);
}
