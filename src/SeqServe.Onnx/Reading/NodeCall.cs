namespace SeqServe.Onnx.Reading;

/// <summary>An operator with what is known of its inputs.</summary>
/// <param name="node">The operator.</param>
/// <param name="inputs">What is known of its inputs; null for one that is left out.</param>
/// <param name="opset">The version of ONNX's own operators.</param>
internal sealed class NodeCall(GraphNode node, IReadOnlyList<TensorFacts?> inputs, int opset)
{
    /// <summary>The operator.</summary>
    public GraphNode Node => node;

    /// <summary>What is known of its inputs; null for one that is left out.</summary>
    public IReadOnlyList<TensorFacts?> Inputs => inputs;

    /// <summary>The version of ONNX's own operators.</summary>
    public int Opset => opset;

    /// <summary>Its inputs without those that are left out.</summary>
    public IEnumerable<TensorFacts> Given => inputs.OfType<TensorFacts>();

    /// <summary>What is known of an input; of one that is left out nothing.</summary>
    public TensorFacts this[int index] => Find(index) ?? TensorFacts.Unknown;

    /// <summary>What is known of an input; null for one that is left out.</summary>
    public TensorFacts? Find(int index) => index < inputs.Count ? inputs[index] : null;

    /// <summary>An attribute that is a whole number; null where its value is not in the file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">Its value where the operator has no such attribute.</param>
    public long? Number(string name, long otherwise) =>
        node.Attributes.TryGetValue(name, out var attribute) ? (attribute.IsReference ? null : attribute.Number ?? 0) : otherwise;

    /// <summary>An attribute that is a text; null where it is not there or not known.</summary>
    public string? Text(string name) => node.Attributes.TryGetValue(name, out var attribute) && !attribute.IsReference ? attribute.Text : null;

    /// <summary>Whole numbers that are an attribute or an input, by the version of the operator.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="input">The input's index.</param>
    public Listed List(string name, int input = int.MaxValue)
    {
        if (node.Attributes.TryGetValue(name, out var attribute))
        {
            var isUnknown = attribute.IsReference || attribute.Numbers.Count > TensorFacts.MostElements;
            return isUnknown ? Listed.Unknown : new(true, [.. attribute.Numbers.Select(Quantity.Of)]);
        }

        return Find(input) is { } facts ? new(true, facts.Elements) : Listed.None;
    }

    /// <summary>An axis that an attribute or an input names; null where it is not known or there is none.</summary>
    public int? Axis(string name, long otherwise, int rank, int input = int.MaxValue)
    {
        var axis = Find(input) is { } facts ? (facts.Elements is [var only] ? only.Exact : null) : Number(name, otherwise);
        return axis is { } value && value >= -rank && value < rank ? (int)(value < 0 ? value + rank : value) : null;
    }

    /// <summary>Axes that an attribute or an input names; null where they are not known.</summary>
    /// <param name="rank">Number of axes of the tensor.</param>
    /// <param name="input">The input's index.</param>
    /// <param name="otherwise">The axes where none is named.</param>
    public IReadOnlyList<int>? Axes(int rank, int input, IReadOnlyList<int>? otherwise)
    {
        var list = List("axes", input);
        if (!list.IsGiven)
            return otherwise;
        if (list.Numbers is null || list.Numbers.Any(n => n.Exact is not { } axis || axis < -rank || axis >= rank))
            return null;
        return [.. list.Numbers.Select(n => (int)(n.Min < 0 ? n.Min + rank : n.Min)).Distinct().Order()];
    }

    /// <summary>An outcome of which the type of the elements is known at most.</summary>
    public Outcome Unfollowed(int type = ElementType.Unknown) => Outcome.Of([.. node.Outputs.Select(_ => new TensorFacts { Type = type })]);
}

/// <summary>Whole numbers that an operator takes beside its tensors.</summary>
/// <param name="IsGiven">Whether it is given any.</param>
/// <param name="Numbers">What is known of them; null where nothing is.</param>
internal readonly record struct Listed(bool IsGiven, IReadOnlyList<Quantity>? Numbers)
{
    /// <summary>They are left out.</summary>
    public static Listed None => new(false, null);

    /// <summary>Their values are not known.</summary>
    public static Listed Unknown => new(true, null);

    /// <summary>The numbers where each is known, else null.</summary>
    public IReadOnlyList<long>? Exact => Numbers?.All(n => n.Exact is not null) == true ? [.. Numbers.Select(n => n.Min)] : null;
}

/// <summary>What an operator gives.</summary>
/// <param name="Outputs">What is known of its outputs, as many as are known.</param>
/// <param name="Mixes">Why a row of the outputs depends on other rows of the inputs; null when none does.</param>
internal readonly record struct Outcome(IReadOnlyList<TensorFacts> Outputs, Mix? Mixes)
{
    /// <summary>Outputs of which every row depends on its own only.</summary>
    public static Outcome Of(params IReadOnlyList<TensorFacts> outputs) => new(outputs, null);

    /// <summary>An output of some type and some axes.</summary>
    public static Outcome Of(int type, IReadOnlyList<Quantity>? axes, Mix? mixes = null) => new([new TensorFacts { Type = type, Axes = axes }], mixes);
}

/// <summary>Why rows do not stay apart.</summary>
/// <param name="Reason">A sentence without its end, which names the operator.</param>
/// <param name="IsDoubt">Whether they may all the same: the reading does not follow them.</param>
internal sealed record Mix(string Reason, bool IsDoubt = false)
{
    /// <summary>The first that is no doubt, or else the first; null where there is none.</summary>
    public static Mix? Surest(IEnumerable<Mix?> mixes)
    {
        Mix? doubt = null;
        foreach (var mix in mixes)
        {
            if (mix is { IsDoubt: false })
                return mix;
            doubt ??= mix;
        }

        return doubt;
    }

    public static implicit operator Mix?(string? reason) => reason is null ? null : new(reason);
}

/// <summary>What one kind of operators makes of its inputs.</summary>
internal delegate Outcome OperatorRule(NodeCall call);
