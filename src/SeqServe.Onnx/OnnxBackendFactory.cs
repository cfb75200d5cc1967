using SeqServe.Core.Backends;

namespace SeqServe.Onnx;

/// <summary>Opens graphs with ONNX Runtime.</summary>
internal sealed class OnnxBackendFactory(SessionFactory sessions) : IBackendFactory
{
    public IClassifierBackend OpenClassifier(string graphFile, InstanceOptions instances) =>
        new ClassifierBackend(sessions.Open(graphFile, instances), Path.GetFileName(graphFile));
}
