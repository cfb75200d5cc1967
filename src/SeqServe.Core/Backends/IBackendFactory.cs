namespace SeqServe.Core.Backends;

/// <summary>Opens graphs. The one seam between the scheduler and an inference runtime.</summary>
public interface IBackendFactory
{
    /// <summary>Inference runtime and version: what is measured of a graph holds for this one only.</summary>
    string Runtime => "";

    /// <summary>Names of the devices that graphs may be opened on; whether one is present is known when a graph is opened.</summary>
    IReadOnlyList<string> Devices { get; }

    /// <summary>Opens the graphs of a model.</summary>
    /// <typeparam name="TBackend">
    /// How the model is to be used: one of this namespace's interfaces, or one that a task brings together with its binding.
    /// </typeparam>
    /// <param name="graphs">The files, what their tensors are, and how they run.</param>
    /// <returns>The backend; the caller disposes it.</returns>
    /// <exception cref="BackendException">
    /// A file cannot be opened, its inputs and outputs are not what the contract and the wiring say, or nothing opens backends of this type;
    /// the message says what differs.
    /// </exception>
    TBackend Open<TBackend>(GraphSet graphs)
        where TBackend : class, IDisposable;
}

/// <summary>The graphs of one model version, as they are opened together.</summary>
/// <param name="Contract">What their tensors are.</param>
/// <param name="Files">Absolute paths of the ONNX files by the roles of the contract; an optional role may be missing.</param>
public sealed record GraphSet(GraphContract Contract, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>A model of one graph, whose role is the contract's first.</summary>
    /// <param name="contract">What its tensors are.</param>
    /// <param name="file">Absolute path of the ONNX file.</param>
    public GraphSet(GraphContract contract, string file)
        : this(contract, new Dictionary<string, string> { [(contract ?? throw new ArgumentNullException(nameof(contract))).Roles[0].Name] = file })
    {
    }

    /// <summary>Which tensors go back in; null where none does.</summary>
    public DecoderWiring? Wiring { get; init; }

    /// <summary>Where and how the sessions run.</summary>
    public InstanceOptions Instances { get; init; } = new();

    /// <summary>The model that they are opened for, for the log; empty where there is none.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Called when a process that runs the graphs has been started anew; null where nobody counts.</summary>
    public Action? Restarted { get; init; }

    /// <summary>The file of the contract's first role, which every model has.</summary>
    public string MainFile => Files[Contract.Roles[0].Name];
}

/// <summary>A run failed or a graph cannot be opened. The message may name files and operators: it is for the log, not for a caller.</summary>
/// <param name="message">What failed.</param>
/// <param name="innerException">Why.</param>
public sealed class BackendException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What of a run's inputs the graph cannot take, for the caller who sent them; null where the failure is nothing of theirs.</summary>
    public string? InputFault { get; init; }

    /// <summary>Names of the inputs that <see cref="InputFault"/> can lie in; empty where it may be any.</summary>
    public IReadOnlyList<string> InputsAtFault { get; init; } = [];

    /// <summary>Whether the run would have had the memory it needed, if others had not taken it.</summary>
    public bool IsMemoryTaken { get; init; }

    /// <summary>What a caller may know of it, and what to do; null where the message is for the log alone.</summary>
    public string? CallerReason { get; init; }

    /// <summary>Where nothing can run now, whatever the input: how long until a retry makes sense. Else null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the run has ended the process that it was in: trying further values would only end the next one.</summary>
    public bool EndedProcess { get; init; }
}
