using System.Numerics.Tensors;
using SeqServe.Core.Decoding;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>What makes scores of logits, by the names of the key <c>activation</c> and of a request's <c>function_to_apply</c>.</summary>
public enum Activation
{
    /// <summary>Probabilities of classes of which exactly one holds.</summary>
    Softmax,

    /// <summary>Probabilities of classes of which each holds or not.</summary>
    Sigmoid,

    /// <summary>The numbers as they are: what a regression computes.</summary>
    None,
}

/// <summary>The names of activations.</summary>
public static class Activations
{
    /// <summary>Each by its name.</summary>
    public static IReadOnlyDictionary<string, Activation> ByName { get; } = new Dictionary<string, Activation>(StringComparer.Ordinal)
    {
        ["softmax"] = Activation.Softmax,
        ["sigmoid"] = Activation.Sigmoid,
        ["none"] = Activation.None,
    };

    /// <summary>Turns logits into scores in place.</summary>
    internal static void Apply(this Activation activation, Span<float> logits)
    {
        if (activation == Activation.Softmax)
            LogitsMath.SoftMax(logits);
        else if (activation == Activation.Sigmoid)
            TensorPrimitives.Sigmoid(logits, logits);
    }
}
