using SeqServe.Core.Backends;

namespace SeqServe.TestSupport;

/// <summary>Opens fakes instead of graphs and remembers them by model and version.</summary>
public sealed class FakeBackendFactory : IBackendFactory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FakeClassifierBackend> _opened = [];
    private int _opens;

    /// <summary>Makes the backend of a graph file; by default one of two classes.</summary>
    public Func<string, FakeClassifierBackend> Make { get; set; } = static _ => new FakeClassifierBackend();

    /// <summary>Makes the backend of a generating model, by the path of its (first) graph file.</summary>
    public Func<string, FakeDecoder> MakeDecoder { get; set; } = static _ => new FakeDecoder();

    /// <summary>Makes the backend of a graph of task tensor; by default one that adds 1 to its input.</summary>
    public Func<string, FakeTensorBackend> MakeTensor { get; set; } = static _ => new FakeTensorBackend();

    /// <summary>How often a classifier was opened.</summary>
    public int Opens => Volatile.Read(ref _opens);

    /// <summary>How many versions were opened.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _opened.Count;
        }
    }

    /// <summary>The backend that was opened for a version of a model.</summary>
    public FakeClassifierBackend Of(string model, int version = 1)
    {
        lock (_gate)
            return _opened[Key(model, $"{version}")];
    }

    /// <inheritdoc/>
    public IClassifierBackend OpenClassifier(string graphFile, InstanceOptions instances)
    {
        var version = Path.GetDirectoryName(graphFile)!;
        var backend = Make(graphFile);
        Interlocked.Increment(ref _opens);
        lock (_gate)
            _opened[Key(Path.GetFileName(Path.GetDirectoryName(version))!, Path.GetFileName(version))] = backend;
        return backend;
    }

    /// <inheritdoc/>
    public ITranslatorBackend OpenTranslator(string encoderFile, string decoderFile, DecoderWiring wiring, InstanceOptions instances) => MakeDecoder(encoderFile);

    /// <inheritdoc/>
    public ILanguageModelBackend OpenLanguageModel(string graphFile, string? scoreFile, DecoderWiring wiring, InstanceOptions instances) => MakeDecoder(graphFile);

    /// <inheritdoc/>
    public ITensorBackend OpenTensor(string graphFile, InstanceOptions instances) => MakeTensor(graphFile);

    private static string Key(string model, string version) => $"{model}/{version}";
}
