using SeqServe.Core.Tensors;

namespace SeqServe.Core.Backends;

/// <summary>A loaded graph as it is: tensors in, tensors out. Safe for concurrent use.</summary>
public interface ITensorBackend : IDisposable
{
    /// <summary>What the graph takes and gives.</summary>
    TensorSignature Signature { get; }

    /// <summary>Whether it holds an RNN, LSTM or GRU: their kernels end the process when a batch is empty, so no axis of an input may be.</summary>
    bool IsRecurrent { get; }

    /// <summary>Name of the execution provider that runs the graph, such as <c>cpu</c>.</summary>
    string Device { get; }

    /// <summary>Number of open sessions.</summary>
    int Sessions { get; }

    /// <summary>CPU threads that one run takes.</summary>
    int ThreadsPerRun => 1;

    /// <summary>Runs that may go on at once; a further one would wait.</summary>
    int ConcurrentRuns => int.MaxValue;

    /// <summary>Runs the graph on the calling thread.</summary>
    /// <param name="inputs">
    /// One for each input of the signature, in any order, of its datatype and of a shape that it takes. The caller keeps ownership.
    /// </param>
    /// <param name="outputs">Names of the outputs wanted, at least one.</param>
    /// <returns>The outputs in this order; the caller disposes them.</returns>
    /// <exception cref="BackendException">The run failed; another may succeed.</exception>
    TensorOutputs Run(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs);
}
