using SeqServe.Core.Backends;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Sessions;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx.Decoding;

/// <summary>An encoder-decoder model: two graphs.</summary>
internal sealed class TranslatorBackend : ITranslatorBackend
{
    private readonly OpenGraphs _graphs;
    private readonly SessionPool _decoderPool;
    private readonly Func<bool, ITranslatorRows> _newRows;
    private readonly int _sessions;
    private readonly bool _isExported;
    private volatile bool _runsAlone;

    /// <summary>Owns the graphs once it is made.</summary>
    /// <exception cref="BackendException">The graphs' inputs or outputs differ from what contract and wiring say.</exception>
    public TranslatorBackend(OpenGraphs graphs, DecoderWiring wiring)
    {
        var (encoder, decoder) = (graphs[TranslatorContract.EncoderRole], graphs[TranslatorContract.DecoderRole]);
        var next = graphs.Find(TranslatorContract.PastRole);
        wiring = wiring.OfLayers([.. (next ?? decoder).Inputs.Keys]);
        (_graphs, _decoderPool) = (graphs, decoder.Pool);
        GivesAttention = wiring.Attention is not null;
        _isExported = wiring.Caches.Any(static cache => cache.IsWhole);
        if (_isExported)
            (_newRows, VocabularySize, CacheCost) = Exported(encoder, decoder, next, wiring);
        else if (next is null)
            (_newRows, VocabularySize, CacheCost) = Own(encoder, decoder, wiring);
        else
            throw new BackendException($"{next.File} is of no use beside {decoder.File}, whose caches (cache[].whole) do not hold the past; remove it.");
        NewRows().Dispose();
        OpenGraph[] all = [encoder, decoder, .. next is null ? Array.Empty<OpenGraph>() : [next]];
        _sessions = all.Sum(static graph => graph.Pool.Count);
        Contract = new GraphContract([.. all.Select(static graph => graph.Role)]);
        Wiring = wiring;
        Graphs = all.ToDictionary(
            graph => graph.Role.Name, ITensorBackend (graph) => TensorBackend.Over(graph.Pool, isRecurrent: graph == encoder || wiring.States.Count > 0));
    }

    public int VocabularySize { get; }

    public GraphContract Contract { get; }

    public DecoderWiring Wiring { get; }

    public CacheCost CacheCost { get; }

    public IReadOnlyDictionary<string, ITensorBackend> Graphs { get; }

    public bool GivesAttention { get; }

    public string Device => _decoderPool.Device;

    public float Tolerance => _decoderPool.Tolerance;

    public int Sessions => _sessions;

    public int ThreadsPerRun => _decoderPool.ThreadsPerRun;

    public int ConcurrentRuns => _decoderPool.Permits;

    public bool RunsAlone => _runsAlone;

    public bool TryRunAlone() => _runsAlone = _isExported;

    public ITranslatorRows NewRows() => _newRows(_runsAlone);

    public void Dispose() => _graphs.Dispose();

    private static (Func<bool, ITranslatorRows> NewRows, int VocabularySize, CacheCost Cost) Own(
        OpenGraph encoder, OpenGraph decoder, DecoderWiring wiring)
    {
        var (reads, writes) = (new EncoderGraph(encoder, wiring), new DecoderGraph(decoder, wiring, TranslatorContract.Logits));
        return (_ => new TranslatorRows(reads, writes, wiring), writes.VocabularySize, writes.Cost);
    }

    private static (Func<bool, ITranslatorRows> NewRows, int VocabularySize, CacheCost Cost) Exported(
        OpenGraph encoder, OpenGraph decoder, OpenGraph? next, DecoderWiring wiring)
    {
        var reads = new ExportedEncoder(encoder);
        var writes = new ExportedDecoder(decoder, next, reads, wiring);
        return (alone => new ExportedTranslatorRows(reads, writes, alone), writes.VocabularySize, writes.Cost);
    }
}

/// <summary>Opens encoder-decoder models.</summary>
internal sealed class TranslatorBinding : GraphBinding<ITranslatorBackend>
{
    protected override ITranslatorBackend Bind(OpenGraphs graphs, DecoderWiring wiring) => new TranslatorBackend(graphs, wiring);
}
