using SeqServe.Core.Files;
using SeqServe.Core.Protobuf;

namespace SeqServe.Onnx.Files;

/// <summary>
/// What lies in a graph's file beyond what a session says of it: its operators, which tensors have no declared shape, and which weights lie in other
/// files. The weights themselves are passed over unread.
/// </summary>
internal sealed class GraphFile
{
    private static readonly HashSet<string> s_recurrent = new(StringComparer.Ordinal) { "RNN", "LSTM", "GRU", "DynamicQuantizeLSTM", "AttnLSTM" };

    private readonly ModelWalker _model = new();

    private GraphFile(string path) => Path = path;

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>Its name without folder, for messages.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>What ended the reading before the file's end; null when all of it was read.</summary>
    public Exception? Damage { get; private set; }

    /// <summary>Whether the file has the version of the format, with which every exporter begins one.</summary>
    public bool HasVersion => _model.HasVersion;

    /// <summary>Whether the file holds a graph.</summary>
    public bool HasGraph => _model.HasGraph;

    /// <summary>The tensors that lie in other files.</summary>
    public IReadOnlyList<ExternalTensor> ExternalTensors => _model.ExternalTensors;

    /// <summary>Whether it holds an RNN, LSTM or GRU, also in a branch, a loop or a function. A file that could not be read may.</summary>
    public bool IsRecurrent => Damage is not null || !HasGraph || _model.Operators.Overlaps(s_recurrent);

    /// <summary>Whether an input or output of the graph has no declared shape, not even a number of axes.</summary>
    public bool IsShapeless(string name) => _model.Shapeless.Contains(name);

    /// <summary>Reads a file as far as it is one of ONNX.</summary>
    /// <exception cref="FileRefusedException">It is no regular file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GraphFile Read(string path)
    {
        using var stream = RegularFile.Open(path);
        return Read(path, stream);
    }

    /// <summary>The same of a file that is open already.</summary>
    public static GraphFile Read(string path, Stream stream)
    {
        var file = new GraphFile(path);
        try
        {
            file._model.Read(new ProtobufReader(stream));
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            file.Damage = e;
        }

        return file;
    }

    /// <summary>Reads a file that must be whole.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GraphFile ReadWhole(string path)
    {
        var file = Read(path);
        return file.Damage is { } damage ? throw new InvalidDataException(damage.Message, damage) : file;
    }

    /// <summary>A file that ONNX Runtime reads and this does not, of which the worst is assumed.</summary>
    public static GraphFile OfAnotherFormat(string path) => new(path);
}
