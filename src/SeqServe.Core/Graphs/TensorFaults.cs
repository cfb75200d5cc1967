using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>Messages about a tensor that a graph cannot take.</summary>
internal static class TensorFaults
{
    // A name is the caller's own and may be as long as a body.
    private const int MaxNameLength = 64;

    public static ServingException Of(Tensor input, string message) => OfInput(input.Name, message);

    public static ServingException OfInput(string name, string message) =>
        new(ServingErrorCode.InvalidRequest, $"input \"{Shorten(name)}\": {message}");

    public static ServingException OfOutput(string name, string message) =>
        new(ServingErrorCode.InvalidRequest, $"output \"{Shorten(name)}\": {message}");

    private static string Shorten(string name) => name.Length <= MaxNameLength ? name : string.Concat(name.AsSpan(0, MaxNameLength), "…");
}
