using SeqServe.Core.Backends;

namespace SeqServe.TestSupport;

/// <summary>Opens fakes instead of graphs and remembers them by model and version.</summary>
public sealed class FakeBackendFactory : IBackendFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Devices { get; init; } = ["cuda", "cpu"];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FakeEncoderBackend> _opened = [];
    private readonly Dictionary<Type, Func<GraphSet, IDisposable>> _bindings = [];
    private int _opens;

    /// <summary>A factory of the fakes of this project.</summary>
    public FakeBackendFactory()
    {
        Register<IEncoderBackend>(OpenClassifier);
        Register<ITranslatorBackend>(graphs => MakeDecoder(graphs.MainFile));
        Register<ILanguageModelBackend>(graphs => MakeDecoder(graphs.MainFile));
        Register<ITensorBackend>(graphs => MakeTensor(graphs.MainFile));
    }

    /// <summary>Makes the backend of a graph file; by default one of two classes.</summary>
    public Func<string, FakeEncoderBackend> Make { get; set; } = static _ => new FakeEncoderBackend();

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
    public FakeEncoderBackend Of(string model, int version = 1)
    {
        lock (_gate)
            return _opened[Key(model, $"{version}")];
    }

    /// <summary>Says how backends of a type are opened, in place of how they were.</summary>
    public FakeBackendFactory Register<TBackend>(Func<GraphSet, TBackend> open)
        where TBackend : class, IDisposable
    {
        _bindings[typeof(TBackend)] = open;
        return this;
    }

    /// <inheritdoc/>
    public TBackend Open<TBackend>(GraphSet graphs)
        where TBackend : class, IDisposable =>
        _bindings.TryGetValue(typeof(TBackend), out var open)
            ? (TBackend)open(graphs)
            : throw new BackendException($"No fake {typeof(TBackend).Name} is registered.");

    private FakeEncoderBackend OpenClassifier(GraphSet graphs)
    {
        var graphFile = graphs.MainFile;
        var version = Path.GetDirectoryName(graphFile)!;
        var backend = Make(graphFile);
        Interlocked.Increment(ref _opens);
        lock (_gate)
            _opened[Key(Path.GetFileName(Path.GetDirectoryName(version))!, Path.GetFileName(version))] = backend;
        return backend;
    }

    private static string Key(string model, string version) => $"{model}/{version}";
}
