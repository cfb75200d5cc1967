using SeqServe.Core.Backends;
using SeqServe.Onnx.Decoding;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx;

/// <summary>Opens graphs with ONNX Runtime.</summary>
internal sealed class OnnxBackendFactory(SessionFactory sessions) : IBackendFactory
{
    public string Runtime => sessions.Runtime;

    public IClassifierBackend OpenClassifier(string graphFile, InstanceOptions instances) =>
        new ClassifierBackend(sessions.Open(graphFile, instances), Path.GetFileName(graphFile));

    public ITranslatorBackend OpenTranslator(string encoderFile, string decoderFile, DecoderWiring wiring, InstanceOptions instances)
    {
        var encoder = sessions.Open(encoderFile, instances);
        return new TranslatorBackend(encoder, Path.GetFileName(encoderFile), OpenBeside(encoder, decoderFile, instances), Path.GetFileName(decoderFile), wiring);
    }

    public ILanguageModelBackend OpenLanguageModel(string graphFile, string? scoreFile, DecoderWiring wiring, InstanceOptions instances)
    {
        var model = sessions.Open(graphFile, instances);
        var score = scoreFile is null ? null : OpenBeside(model, scoreFile, instances);
        return new LanguageModelBackend(model, Path.GetFileName(graphFile), score, scoreFile is null ? null : Path.GetFileName(scoreFile), wiring);
    }

    public ITensorBackend OpenTensor(string graphFile, InstanceOptions instances) => TensorBackend.Open(sessions.Open(graphFile, instances), graphFile);

    private SessionPool OpenBeside(SessionPool first, string graphFile, InstanceOptions instances)
    {
        try
        {
            return sessions.Open(graphFile, instances);
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }
}
