namespace SeqServe.Core.Tensors;

/// <summary>What a run has computed. The tensors may lie in memory of the inference runtime: they are valid until this is disposed.</summary>
/// <param name="tensors">In the order asked for, with their real shapes.</param>
/// <param name="owner">Holds their memory, or null.</param>
public sealed class TensorOutputs(IReadOnlyList<Tensor> tensors, IDisposable? owner = null) : IDisposable
{
    private IDisposable? _owner = owner;

    /// <summary>The tensors.</summary>
    public IReadOnlyList<Tensor> Tensors { get; } = tensors;

    /// <summary>Frees their memory.</summary>
    public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Dispose();
}
