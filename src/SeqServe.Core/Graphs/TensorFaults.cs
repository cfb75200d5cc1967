using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>Messages about a tensor that a graph cannot take.</summary>
internal static class TensorFaults
{
    // A name is the caller's own and may be as long as a body.
    private const int MaxNameLength = 64;
    private const int MaxNames = 8;

    public static ServingException Of(Tensor input, string message) => OfInput(input.Name, message);

    public static ServingException OfInput(string name, string message) =>
        new(ServingErrorCode.InvalidRequest, $"input \"{Shorten(name)}\": {message}");

    public static ServingException OfOutput(string name, string message) =>
        new(ServingErrorCode.InvalidRequest, $"output \"{Shorten(name)}\": {message}");

    /// <summary>Values that the graph cannot take together.</summary>
    /// <param name="inputs">All inputs of the run.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="cause">For the log.</param>
    public static ServingException OfValues(IReadOnlyList<Tensor> inputs, string message, Exception? cause = null)
    {
        var names = string.Join(", ", inputs.Take(MaxNames).Select(static input => $"\"{Shorten(input.Name)}\" {TensorShapes.ToText(input.Shape)}"));
        var rest = inputs.Count > MaxNames ? $" and {inputs.Count - MaxNames} more" : "";
        return new ServingException(ServingErrorCode.InvalidRequest, $"input{(inputs.Count == 1 ? "" : "s")} {names}{rest}: {message}", cause);
    }

    /// <summary>A name, cut where it is long.</summary>
    public static string Shorten(string name) => name.Length <= MaxNameLength ? name : string.Concat(name.AsSpan(0, MaxNameLength), "…");
}
