namespace SeqServe.Core.Backends;

/// <summary>Opens graphs. The one seam between the scheduler and an inference runtime.</summary>
public interface IBackendFactory
{
    /// <summary>Opens a classifier graph.</summary>
    /// <param name="graphFile">Absolute path of the ONNX file.</param>
    /// <param name="instances">Where and how it runs.</param>
    /// <returns>The backend; the caller disposes it.</returns>
    /// <exception cref="BackendException">The file cannot be opened or its inputs and outputs are not a classifier's; the message says what differs.</exception>
    IClassifierBackend OpenClassifier(string graphFile, InstanceOptions instances);
}
