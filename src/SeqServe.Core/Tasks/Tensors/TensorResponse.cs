using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>
/// The answer to a <see cref="TensorRequest"/>. Its tensors may lie in memory of the inference runtime: they are valid until this is disposed.
/// </summary>
/// <param name="model">The model that answered.</param>
/// <param name="version">Its version.</param>
/// <param name="outputs">The outputs.</param>
/// <param name="timings">Where the time went.</param>
/// <param name="lease">Keeps the model loaded until then.</param>
public sealed class TensorResponse(string model, int version, TensorOutputs outputs, InferenceTimings timings, IDisposable lease) : IDisposable
{
    /// <summary>The model that answered.</summary>
    public string Model { get; } = model;

    /// <summary>Its version.</summary>
    public int Version { get; } = version;

    /// <summary>The outputs in the order asked for, else in the graph's, with their real shapes.</summary>
    public IReadOnlyList<Tensor> Outputs => outputs.Tensors;

    /// <summary>Where the time went.</summary>
    public InferenceTimings Timings { get; } = timings;

    /// <summary>Frees the outputs' memory; to be called when the answer is written.</summary>
    public void Dispose()
    {
        outputs.Dispose();
        lease.Dispose();
    }
}
