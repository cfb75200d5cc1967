using SeqServe.Core.Backends;
using SeqServe.Core.Files;
using SeqServe.Onnx.Reading;
using SeqServe.Tokenizers.Protobuf;

namespace SeqServe.Onnx.Files;

/// <summary>
/// What lies in a graph's file beyond what a session says of it: its operators and what they do to rows and to the process, which tensors have no declared
/// shape, and which weights lie in other files. The weights themselves are passed over unread.
/// </summary>
internal sealed class GraphFile
{
    private const string Unread = "The file is of a format that this server does not read, so that it is not known what its operators do";

    // A graph of more inputs is read once for all of them.
    private const int MostInputs = 64;

    private readonly HashSet<string> _shapeless = new(StringComparer.Ordinal);
    private readonly HashSet<string> _fillable = new(StringComparer.Ordinal);

    private InputFlow? _flow;

    private GraphFile(string path) => Path = path;

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>Its name without folder, for messages.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>What ended the reading before the file's end; null when all of it was read.</summary>
    public Exception? Damage { get; private set; }

    /// <summary>Whether the file has the version of the format, with which every exporter begins one.</summary>
    public bool HasVersion { get; private set; }

    /// <summary>Whether the file holds a graph.</summary>
    public bool HasGraph { get; private set; }

    /// <summary>The tensors that lie in other files.</summary>
    public IReadOnlyList<ExternalTensor> ExternalTensors { get; private set; } = [];

    /// <summary>
    /// Whether it holds an operator that ends the process on a tensor without elements: an RNN, LSTM, GRU, Scan or the like, also in a branch, a loop or a
    /// function. A file that could not be read may.
    /// </summary>
    public bool IsRecurrent { get; private set; } = true;

    /// <summary>
    /// A sentence that names an operator which can end the process on values that clients may send, or on what the graph makes of them, although no input is
    /// empty; null when there is none. A file that could not be read has one.
    /// </summary>
    public string? Hazard { get; private set; } = Unread;

    /// <summary>
    /// A sentence that names an operator by which a row's answer depends on other rows of its batch, or which this server cannot follow; null when each row of
    /// axis 0 is computed from itself.
    /// </summary>
    public string? Mixes { get; private set; } = Unread;

    /// <summary>Whether <see cref="Mixes"/> is a doubt: the rows may stay apart in what this server cannot follow.</summary>
    public bool IsMixingDoubtful { get; private set; } = true;

    /// <summary>Inputs of whole numbers that the graph divides by one another as they are.</summary>
    public IReadOnlyList<InputDivision> Divisions { get; private set; } = [];

    /// <summary>
    /// Whether an input must have elements, for without any it would reach an operator that ends the process on it. Of a file that was read without a look at
    /// its inputs: all of a graph in which there is such an operator.
    /// </summary>
    public bool NeedsElements(string input) => IsRecurrent && !_fillable.Contains(input);

    /// <inheritdoc cref="InputFlow.InputsOf"/>
    public IReadOnlyList<string> InputsOf(string type, string name) => _flow?.InputsOf(type, name) ?? [];

    /// <summary>Whether an input or output of the graph has no declared shape, not even a number of axes.</summary>
    public bool IsShapeless(string name) => _shapeless.Contains(name);

    /// <summary>Reads a file as far as it is one of ONNX.</summary>
    /// <exception cref="FileRefusedException">It is no regular file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GraphFile Read(string path)
    {
        using var stream = RegularFile.Open(path);
        return Read(path, stream, withInputs: true);
    }

    /// <summary>The same of a file that is open already.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="stream">Its content; it can seek.</param>
    /// <param name="withInputs">Whether <see cref="NeedsElements"/> and <see cref="InputsOf"/> will be asked: the graph is followed from each input.</param>
    public static GraphFile Read(string path, Stream stream, bool withInputs)
    {
        var file = new GraphFile(path);
        var model = new ModelWalker();
        file.Damage = Walk(model, stream);
        file.Take(model, withInputs);
        return file;
    }

    /// <summary>Reads of a file that must be whole only which tensors lie in other files.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<ExternalTensor> ReadExternalTensors(string path)
    {
        using var stream = RegularFile.Open(path);
        var model = new ModelWalker();
        return Walk(model, stream) is { } damage ? throw new InvalidDataException(damage.Message, damage) : model.ExternalTensors;
    }

    /// <summary>A file that ONNX Runtime reads and this does not, of which the worst is assumed.</summary>
    public static GraphFile OfAnotherFormat(string path) => new(path);

    private static Exception? Walk(ModelWalker model, Stream stream)
    {
        try
        {
            model.Read(new ProtobufReader(stream));
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or OversizedGraphException)
        {
            return e;
        }
    }

    // The structure itself is not kept: a file lives as long as its model.
    private void Take(ModelWalker model, bool withInputs)
    {
        (HasVersion, HasGraph, ExternalTensors) = (model.HasVersion, model.HasGraph, model.ExternalTensors);
        if (model.Graph is not { } graph)
            return;
        _shapeless.UnionWith(graph.Inputs.Concat(graph.Outputs).Where(v => v.Shape is null).Select(v => v.Name));
        if (Damage is not null)
            return;
        var reading = GraphReading.Of(graph, model.Functions, model.Opset);
        (IsRecurrent, Hazard) = (model.Operators.Any(DangerousNodes.NeedsElements), reading.Hazard);
        Divisions = DangerousNodes.Divisions(graph);
        (Mixes, IsMixingDoubtful) = (reading.Mixes?.Reason, reading.Mixes?.IsDoubt == true);
        if (!withInputs)
            return;
        _flow = InputFlow.Of(graph);
        if (IsRecurrent && Hazard is null && graph.Inputs.Count <= MostInputs)
            FindFillable(graph, model);
    }

    // The inputs that may be empty, as a cache may at the beginning: each by itself, and all of them at once.
    private void FindFillable(GraphStructure graph, ModelWalker model)
    {
        bool MayBeEmpty(params IReadOnlyCollection<string> inputs) => GraphReading.Of(graph, model.Functions, model.Opset, inputs).Hazard is null;
        var free = graph.Inputs.Select(i => i.Name).Where(name => MayBeEmpty(name)).ToList();
        if (MayBeEmpty(free))
            _fillable.UnionWith(free);
    }
}
