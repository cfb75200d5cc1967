using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>Compares the inputs and outputs of a request with those of a graph.</summary>
internal static class TensorInputs
{
    /// <summary>The inputs in the order of the signature.</summary>
    /// <exception cref="ServingException">
    /// One is unknown, missing, given twice, of another datatype or of a shape that the graph does not take.
    /// </exception>
    public static IReadOnlyList<Tensor> Arrange(IReadOnlyList<Tensor> inputs, TensorSignature signature)
    {
        var arranged = new Tensor[signature.Inputs.Count];
        foreach (var input in inputs)
        {
            var index = IndexOf(signature.Inputs, input.Name);
            if (index < 0)
                throw TensorFaults.Of(input, $"is unknown; the graph takes {string.Join(", ", signature.Inputs)}");
            if (arranged[index] is not null)
                throw TensorFaults.Of(input, "is given twice; keep one");
            Compare(input, signature.Inputs[index]);
            arranged[index] = input;
        }

        var missing = signature.Inputs.Where((_, i) => arranged[i] is null).ToList();
        return missing.Count == 0
            ? arranged
            : throw new ServingException(
                ServingErrorCode.InvalidRequest,
                $"{(missing.Count == 1 ? "An input is" : "Inputs are")} missing: {string.Join(", ", missing)}; the graph needs all of its inputs");
    }

    /// <summary>The outputs asked for: those named, else all.</summary>
    /// <exception cref="ServingException">One is unknown or given twice.</exception>
    public static IReadOnlyList<string> Wanted(IReadOnlyList<string> outputs, IReadOnlyList<string> known)
    {
        if (outputs.Count == 0)
            return known;
        for (var i = 0; i < outputs.Count; i++)
        {
            if (!known.Contains(outputs[i], StringComparer.Ordinal))
                throw TensorFaults.OfOutput(outputs[i], $"is unknown; the outputs are {string.Join(", ", known)}");
            if (outputs.Take(i).Contains(outputs[i], StringComparer.Ordinal))
                throw TensorFaults.OfOutput(outputs[i], "is given twice; keep one");
        }

        return outputs;
    }

    private static int IndexOf(IReadOnlyList<TensorSpec> specs, string name)
    {
        for (var i = 0; i < specs.Count; i++)
        {
            if (specs[i].Name == name)
                return i;
        }

        return -1;
    }

    private static void Compare(Tensor input, TensorSpec spec)
    {
        if (input.Datatype != spec.Datatype)
            throw TensorFaults.Of(input, $"is {input.Datatype.ToName()}, the graph takes {spec.Datatype.ToName()}");
        if (!spec.Takes(input.Shape))
        {
            throw TensorFaults.Of(
                input, $"has the shape {TensorShapes.ToText(input.Shape)}, the graph takes {TensorShapes.ToText(spec.Shape)}, where -1 is any size");
        }
    }
}
