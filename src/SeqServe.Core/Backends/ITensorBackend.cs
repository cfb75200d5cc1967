using SeqServe.Core.Tensors;

namespace SeqServe.Core.Backends;

/// <summary>A loaded graph as it is: tensors in, tensors out. Safe for concurrent use.</summary>
public interface ITensorBackend : IDisposable
{
    /// <summary>What the graph takes and gives.</summary>
    TensorSignature Signature { get; }

    /// <summary>Whether it holds an RNN, LSTM, GRU, Scan or the like: their kernels end the process on tensors without elements.</summary>
    bool IsRecurrent { get; }

    /// <summary>Whether an input must have elements, for without any it would reach such an operator.</summary>
    /// <param name="input">An input of the signature.</param>
    bool NeedsElements(TensorSpec input) => IsRecurrent;

    /// <summary>Inputs of whole numbers that the graph divides by one another as they are.</summary>
    IReadOnlyList<InputDivision> Divisions => [];

    /// <summary>
    /// A sentence that names an operator by which a row of axis 0 depends on other rows, or which could not be followed; null when the reading of the graph
    /// has found that each row is computed from itself.
    /// </summary>
    string? MixesRows => null;

    /// <summary>Name of the execution provider that runs the graph, such as <c>cpu</c>.</summary>
    string Device { get; }

    /// <summary>Number of open sessions.</summary>
    int Sessions { get; }

    /// <summary>CPU threads that one run takes.</summary>
    int ThreadsPerRun => 1;

    /// <summary>Runs that may go on at once; a further one would wait.</summary>
    int ConcurrentRuns => int.MaxValue;

    /// <summary>Runs that may go on at once as of now: fewer than <see cref="ConcurrentRuns"/> while what runs them is being restarted.</summary>
    int PossibleRuns => ConcurrentRuns;

    /// <summary>Whether it runs in a process of its own, which a run may end, so that requests are better run alone.</summary>
    bool IsIsolated => false;

    /// <summary>Sets what is called, on any thread, each time that <see cref="PossibleRuns"/> has grown.</summary>
    void WhenMoreRuns(Action notify)
    {
    }

    /// <summary>Runs the graph on the calling thread.</summary>
    /// <param name="inputs">
    /// One for each input of the signature, in any order, of its datatype and of a shape that it takes. The caller keeps ownership.
    /// </param>
    /// <param name="outputs">Names of the outputs wanted, at least one.</param>
    /// <returns>The outputs in this order; the caller disposes them.</returns>
    /// <exception cref="BackendException">The run failed; another may succeed.</exception>
    TensorOutputs Run(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs);
}

/// <summary>A division of one input by another, INT32 or INT64 both.</summary>
/// <param name="Dividend">Name of the input that is divided.</param>
/// <param name="Divisor">Name of the input that it is divided by.</param>
public sealed record InputDivision(string Dividend, string Divisor);
