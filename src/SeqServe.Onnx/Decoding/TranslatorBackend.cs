using SeqServe.Core.Backends;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Sessions;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx.Decoding;

/// <summary>An encoder-decoder model: two graphs.</summary>
internal sealed class TranslatorBackend : ITranslatorBackend
{
    private readonly OpenGraphs _graphs;
    private readonly SessionPool _encoderPool;
    private readonly SessionPool _decoderPool;
    private readonly EncoderGraph _encoder;
    private readonly DecoderGraph _decoder;
    private readonly DecoderWiring _wiring;

    /// <summary>Owns the graphs once it is made.</summary>
    /// <exception cref="BackendException">The graphs' inputs or outputs differ from what contract and wiring say.</exception>
    public TranslatorBackend(OpenGraphs graphs, DecoderWiring wiring)
    {
        var (encoder, decoder) = (graphs[TranslatorContract.EncoderRole], graphs[TranslatorContract.DecoderRole]);
        (_graphs, _encoderPool, _decoderPool, _wiring) = (graphs, encoder.Pool, decoder.Pool, wiring);
        _encoder = new EncoderGraph(encoder, wiring);
        _decoder = new DecoderGraph(decoder, wiring, TranslatorContract.Logits);
        NewRows().Dispose();
        Graphs = new Dictionary<string, ITensorBackend>
        {
            [encoder.Role.Name] = TensorBackend.Over(_encoderPool, isRecurrent: true),
            [decoder.Role.Name] = TensorBackend.Over(_decoderPool, isRecurrent: wiring.States.Count > 0),
        };
    }

    public int VocabularySize => _decoder.VocabularySize;

    public IReadOnlyDictionary<string, ITensorBackend> Graphs { get; }

    public bool GivesAttention => _wiring.Attention is not null;

    public string Device => _decoderPool.Device;

    public int Sessions => _encoderPool.Count + _decoderPool.Count;

    public int ThreadsPerRun => _decoderPool.ThreadsPerRun;

    public int ConcurrentRuns => _decoderPool.Permits;

    public ITranslatorRows NewRows() => new TranslatorRows(_encoder, _decoder, _wiring);

    public void Dispose() => _graphs.Dispose();
}

/// <summary>Opens encoder-decoder models.</summary>
internal sealed class TranslatorBinding : GraphBinding<ITranslatorBackend>
{
    protected override ITranslatorBackend Bind(OpenGraphs graphs, DecoderWiring wiring) => new TranslatorBackend(graphs, wiring);
}
