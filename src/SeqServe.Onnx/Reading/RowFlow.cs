namespace SeqServe.Onnx.Reading;

/// <summary>Carries from the inputs of an operator to its outputs what they are computed from: which inputs of the graph, and which rows.</summary>
internal static class RowFlow
{
    /// <summary>What is known of the outputs of an operator.</summary>
    /// <param name="call">The operator.</param>
    /// <param name="outcome">What its rule says.</param>
    public static IReadOnlyList<TensorFacts> Apply(NodeCall call, Outcome outcome)
    {
        // The sizes of a tensor are none of its elements.
        var isOfShape = call.Node.Title is "Shape" or "Size";
        var inputs = call.Given.ToList();
        var sources = inputs.Select(i => i.Sources).Aggregate<IReadOnlyList<string>, IReadOnlyList<string>>([], TensorFacts.Union);
        var holdsRows = !isOfShape && inputs.Exists(i => i.HoldsRows);
        var isOfKnownShape = isOfShape && call[0].Axes is not null;
        var mixed = Mix.Surest((isOfKnownShape ? [] : inputs.Select(i => i.Mixed)).Append(Mixed(call, outcome, holdsRows)));
        var outputs = new TensorFacts[outcome.Outputs.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            var facts = outcome.Outputs[i];
            outputs[i] = facts with
            {
                Axes = facts.Axes?.Count <= TensorFacts.MostAxes ? facts.Axes : null,
                Sources = TensorFacts.Union(facts.Sources, sources),
                HoldsRows = holdsRows || facts.HoldsRows,
                Mixed = Mix.Surest([facts.Mixed, mixed, Lost(call, facts, holdsRows)]),
            };
        }

        return outputs;
    }

    private static Mix? Mixed(NodeCall call, Outcome outcome, bool holdsRows)
    {
        if (MixingRules.IsRandom(call.Node))
            return outcome.Mixes;
        var first = OperatorRules.FirstShape(call.Node);
        for (var i = first; i < call.Inputs.Count; i++)
        {
            if (call.Inputs[i]?.HoldsRows == true)
                return $"{call.Node.Place} cuts, shapes or counts all rows by the values of some";
        }

        return holdsRows || call.Given.Any(i => i.RowAxis is not null || i.CountsRows) ? outcome.Mixes : null;
    }

    private static Mix? Lost(NodeCall call, TensorFacts facts, bool holdsRows)
    {
        if (holdsRows && facts.RowAxis is null)
            return new($"{call.Node.Place} leaves it open where the rows lie behind it", IsDoubt: true);
        // The number of rows is a shape to others; what is computed with it is another number in another batch.
        var isComputed = OperatorRules.FirstShape(call.Node) == int.MaxValue && facts.Elements is null && call.Given.Any(i => i.CountsRows);
        return isComputed ? new($"{call.Node.Place} computes with the number of rows") : null;
    }
}
