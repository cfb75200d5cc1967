using System.IO.MemoryMappedFiles;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Onnx.Files;

namespace SeqServe.Onnx.Sessions;

/// <summary>
/// A graph whose weights lie in memory once, however many sessions run it. It is optimized once into a temporary file, so that weights that an optimization
/// computes are shared as well; they are mapped from there, and what kernels pack of them is kept in one container.
/// </summary>
internal sealed class SharedGraph : IDisposable
{
    private const string GraphName = "graph.onnx";
    private const string WeightsName = "weights.bin";

    // Smaller ones stay with each session.
    private const string SmallestShared = "4096";

    // What the kernels' vector instructions may ask for. The runtime's writer aligns large tensors to more.
    private const int Alignment = 64;

    private readonly GraphFolder _folder;
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly List<(string Name, OrtValue Value)> _weights = [];

    private SharedGraph(GraphFolder folder)
    {
        _folder = folder;
        try
        {
            _file = MemoryMappedFile.CreateFromFile(folder.Of(WeightsName), FileMode.Open, mapName: null, 0, MemoryMappedFileAccess.Read);
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            foreach (var tensor in GraphFile.ReadExternalTensors(folder.Of(GraphName)))
            {
                if (tensor.Offset % Alignment == 0 && tensor.Length is { } length)
                    _weights.Add((tensor.Name, Map(_view, tensor, length)));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the weights that all sessions share.</summary>
    public long Bytes { get; private set; }

    /// <summary>The optimized graph; gone after <see cref="Close"/>.</summary>
    public string File => _folder.Of(GraphName);

    /// <summary>What kernels have packed of the weights, to be given to every session.</summary>
    public PrePackedWeightsContainer Packed { get; } = new();

    /// <summary>Optimizes a graph.</summary>
    /// <param name="options">Options of a session like those that will run it; changed by this.</param>
    /// <param name="open">Opens the graph with these options: what is wanted is the file that is written thereby.</param>
    /// <exception cref="IOException">There is no room for a temporary file.</exception>
    public static SharedGraph Optimize(SessionOptions options, Action<SessionOptions> open)
    {
        var folder = new GraphFolder();
        try
        {
            // All that rewrites the graph; beyond it lie layouts of convolutions.
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED;
            options.OptimizedModelFilePath = folder.Of(GraphName);
            options.AddSessionConfigEntry("session.optimized_model_external_initializers_file_name", WeightsName);
            options.AddSessionConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", SmallestShared);
            open(options);
            return new SharedGraph(folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Prepares the options of a session over the shared weights, to be disposed before this.</summary>
    public void AddTo(SessionOptions options)
    {
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        foreach (var (name, value) in _weights)
            options.AddInitializer(name, value);
    }

    /// <summary>To be called once all sessions are open: the files go, what is mapped of them stays.</summary>
    public void Close() => _folder.Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, value) in _weights)
            value.Dispose();
        Packed.Dispose();
        _view?.Dispose();
        _file?.Dispose();
        _folder.Dispose();
    }

    private OrtValue Map(MemoryMappedViewAccessor view, ExternalTensor tensor, long length)
    {
        Bytes += length;
        var address = view.SafeMemoryMappedViewHandle.DangerousGetHandle() + (nint)tensor.Offset;
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, (TensorElementType)tensor.ElementType, tensor.Shape, address, length);
    }
}

/// <summary>Sessions of one graph over weights in common. Dispose the sessions first, then this.</summary>
/// <param name="Graph">The weights.</param>
/// <param name="Throughput">Sessions whose runs take few threads and go on side by side.</param>
/// <param name="Latency">The session whose single run takes all.</param>
internal sealed record SharedSessions(SharedGraph Graph, IReadOnlyList<InferenceSession> Throughput, InferenceSession Latency) : IDisposable
{
    public void Dispose() => Graph.Dispose();
}
