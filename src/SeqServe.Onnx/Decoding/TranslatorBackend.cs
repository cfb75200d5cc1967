using SeqServe.Core.Backends;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx.Decoding;

/// <summary>An encoder-decoder model: two graphs.</summary>
internal sealed class TranslatorBackend : ITranslatorBackend
{
    private readonly SessionPool _encoderPool;
    private readonly SessionPool _decoderPool;
    private readonly EncoderGraph _encoder;
    private readonly DecoderGraph _decoder;
    private readonly DecoderWiring _wiring;

    /// <summary>Takes ownership of the pools, also when the graphs turn out not to fit.</summary>
    /// <exception cref="BackendException">The graphs' inputs or outputs differ from what the wiring needs.</exception>
    public TranslatorBackend(SessionPool encoderPool, string encoderFile, SessionPool decoderPool, string decoderFile, DecoderWiring wiring)
    {
        (_encoderPool, _decoderPool, _wiring) = (encoderPool, decoderPool, wiring);
        try
        {
            _encoder = new EncoderGraph(encoderPool, encoderFile, wiring);
            _decoder = new DecoderGraph(decoderPool, decoderFile, wiring, TokenAxes.One);
            NewRows().Dispose();
            Graphs = new Dictionary<string, ITensorBackend>
            {
                ["encoder"] = TensorBackend.Over(encoderPool, encoderFile, isRecurrent: true),
                ["decoder"] = TensorBackend.Over(decoderPool, decoderFile, isRecurrent: wiring.States.Count > 0),
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int VocabularySize => _decoder.VocabularySize;

    public IReadOnlyDictionary<string, ITensorBackend> Graphs { get; }

    public bool GivesAttention => _wiring.Attention is not null;

    public string Device => _decoderPool.Device;

    public int Sessions => _encoderPool.Count + _decoderPool.Count;

    public int ThreadsPerRun => _decoderPool.ThreadsPerRun;

    public int ConcurrentRuns => _decoderPool.Permits;

    public ITranslatorRows NewRows() => new TranslatorRows(_encoder, _decoder, _wiring);

    public void Dispose()
    {
        _encoderPool.Dispose();
        _decoderPool.Dispose();
    }
}
