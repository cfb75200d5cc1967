namespace SeqServe.Core.Backends;

/// <summary>Opens graphs. The one seam between the scheduler and an inference runtime.</summary>
public interface IBackendFactory
{
    /// <summary>Inference runtime and version: what is measured of a graph holds for this one only.</summary>
    string Runtime => "";

    /// <summary>Opens a classifier graph.</summary>
    /// <param name="graphFile">Absolute path of the ONNX file.</param>
    /// <param name="instances">Where and how it runs.</param>
    /// <returns>The backend; the caller disposes it.</returns>
    /// <exception cref="BackendException">The file cannot be opened or its inputs and outputs are not a classifier's; the message says what differs.</exception>
    IClassifierBackend OpenClassifier(string graphFile, InstanceOptions instances);

    /// <summary>Opens the graphs of an encoder-decoder model.</summary>
    /// <param name="encoderFile">Absolute path of the encoder's ONNX file.</param>
    /// <param name="decoderFile">Absolute path of the decoder step's ONNX file.</param>
    /// <param name="wiring">How their tensors hang together.</param>
    /// <param name="instances">Where and how they run.</param>
    /// <returns>The backend; the caller disposes it.</returns>
    /// <exception cref="BackendException">A file cannot be opened or its inputs and outputs are not what the wiring says; the message says what differs.</exception>
    ITranslatorBackend OpenTranslator(string encoderFile, string decoderFile, DecoderWiring wiring, InstanceOptions instances);

    /// <summary>Opens the graphs of a language model.</summary>
    /// <param name="graphFile">Absolute path of the ONNX file that reads tokens.</param>
    /// <param name="scoreFile">Absolute path of the one that scores texts, or null.</param>
    /// <param name="wiring">How the tensors hang together.</param>
    /// <param name="instances">Where and how they run.</param>
    /// <returns>The backend; the caller disposes it.</returns>
    /// <exception cref="BackendException">A file cannot be opened or its inputs and outputs are not what the wiring says; the message says what differs.</exception>
    ILanguageModelBackend OpenLanguageModel(string graphFile, string? scoreFile, DecoderWiring wiring, InstanceOptions instances);

    /// <summary>Opens a graph of any kind.</summary>
    /// <param name="graphFile">Absolute path of the ONNX file.</param>
    /// <param name="instances">Where and how it runs.</param>
    /// <returns>The backend; the caller disposes it.</returns>
    /// <exception cref="BackendException">The file cannot be opened, or an input is no tensor; the message says what is wrong.</exception>
    ITensorBackend OpenTensor(string graphFile, InstanceOptions instances);
}
