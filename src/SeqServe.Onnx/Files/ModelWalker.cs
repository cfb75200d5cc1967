using System.Globalization;
using SeqServe.Core.Protobuf;

namespace SeqServe.Onnx.Files;

/// <summary>Walks an ONNX file (onnx.proto) once, from message to message without reading its weights, and collects what the server asks of it.</summary>
internal sealed class ModelWalker
{
    // As deep as protobuf's own parsers go.
    private const int MaxNested = 100;

    // TensorProto.DataLocation
    private const ulong External = 1;

    private readonly HashSet<string> _operators = new(StringComparer.Ordinal);
    private readonly HashSet<string> _shapeless = new(StringComparer.Ordinal);
    private readonly List<ExternalTensor> _external = [];
    private ProtobufReader _file = new(Stream.Null);
    private int _depth;

    private enum Message
    {
        None,
        Model,
        MainGraph,
        TrainingInfo,
        Function,
        Graph,
        Node,
        Attribute,
        SparseTensor,
        Tensor,
        Value,
        Operator,
    }

    /// <summary>Whether the file has the version of the format.</summary>
    public bool HasVersion { get; private set; }

    /// <summary>Whether the file holds a graph.</summary>
    public bool HasGraph { get; private set; }

    /// <summary>Types of all operators, also of those in a branch, a loop or a function.</summary>
    public IReadOnlySet<string> Operators => _operators;

    /// <summary>Inputs and outputs of the graph whose shape is not declared.</summary>
    public IReadOnlySet<string> Shapeless => _shapeless;

    /// <summary>The tensors that lie in other files.</summary>
    public IReadOnlyList<ExternalTensor> ExternalTensors => _external;

    /// <summary>Reads a whole file; what was found before a fault stays.</summary>
    /// <exception cref="InvalidDataException">It is no ONNX file.</exception>
    /// <exception cref="EndOfStreamException">It ends in the middle of one.</exception>
    public void Read(ProtobufReader file)
    {
        _file = file;
        Walk(Message.Model);
    }

    private void Walk(Message message)
    {
        if (++_depth > MaxNested)
            throw new InvalidDataException($"Messages are nested more than {MaxNested} deep.");
        while (_file.Next())
        {
            var child = Child(message, _file.Field);
            HasVersion |= message == Message.Model && _file.Field == 1;
            HasGraph |= child == Message.MainGraph;
            if (child == Message.None)
                _file.Skip();
            else if (child == Message.Operator)
                _operators.Add(_file.ReadText());
            else
                Enter(child);
        }

        _depth--;
    }

    private void Enter(Message message)
    {
        using (_file.Enter())
        {
            switch (message)
            {
                case Message.Tensor: ReadTensor(); break;
                case Message.Value: ReadValue(); break;
                default: Walk(message); break;
            }
        }
    }

    // Every way that leads to a tensor or an operator; field numbers of onnx.proto.
    private static Message Child(Message message, int field) => (message, field) switch
    {
        (Message.Model, 7) => Message.MainGraph,
        (Message.Model, 20) => Message.TrainingInfo,
        (Message.Model, 25) => Message.Function,
        (Message.TrainingInfo, 1 or 2) => Message.Graph,
        (Message.Function, 7) => Message.Node,
        (Message.MainGraph or Message.Graph, 1) => Message.Node,
        (Message.MainGraph or Message.Graph, 5) => Message.Tensor,
        (Message.MainGraph or Message.Graph, 15) => Message.SparseTensor,
        (Message.MainGraph, 11 or 12) => Message.Value,
        (Message.Node, 4) => Message.Operator,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 5 or 10) => Message.Tensor,
        (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Attribute, 22 or 23) => Message.SparseTensor,
        (Message.SparseTensor, 1 or 2) => Message.Tensor,
        _ => Message.None,
    };

    private void ReadTensor()
    {
        var name = "";
        var isExternal = false;
        var elementType = 0;
        var shape = new List<long>();
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        while (_file.Next())
        {
            switch (_file.Field)
            {
                case 1: _file.ReadNumbers(shape); break;
                case 2: elementType = (int)_file.ReadNumber(); break;
                case 8: name = _file.ReadText(); break;
                case 13: ReadEntry(entries); break;
                case 14: isExternal = _file.ReadNumber() == External; break;
                default: _file.Skip(); break;
            }
        }

        if (!isExternal && entries.Count == 0)
            return;
        var (location, offset, length) = (entries.GetValueOrDefault("location", ""), Number(name, entries, "offset"), Number(name, entries, "length"));
        _external.Add(new ExternalTensor(name, location, offset ?? 0, length, elementType, [.. shape]));
    }

    private void ReadEntry(Dictionary<string, string> entries)
    {
        var (key, value) = ("", "");
        using var entry = _file.Enter();
        while (_file.Next())
        {
            switch (_file.Field)
            {
                case 1: key = _file.ReadText(); break;
                case 2: value = _file.ReadText(); break;
                default: _file.Skip(); break;
            }
        }

        entries[key] = value;
    }

    private static long? Number(string tensor, Dictionary<string, string> entries, string key)
    {
        if (!entries.TryGetValue(key, out var text))
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"Tensor \"{tensor}\" says {key} = \"{text}\" of its external data, which is no number of bytes.");
    }

    private void ReadValue()
    {
        var name = "";
        var hasShape = false;
        while (_file.Next())
        {
            switch (_file.Field)
            {
                case 1: name = _file.ReadText(); break;
                case 2: hasShape |= ReadType(); break;
                default: _file.Skip(); break;
            }
        }

        if (!hasShape)
            _shapeless.Add(name);
    }

    // Whether a TypeProto is a tensor with a shape: Tensor.shape in TypeProto.tensor_type.
    private bool ReadType()
    {
        var hasShape = false;
        using var type = _file.Enter();
        while (_file.Next())
        {
            if (_file.Field == 1)
                hasShape |= ReadTensorType();
            else
                _file.Skip();
        }

        return hasShape;
    }

    private bool ReadTensorType()
    {
        var hasShape = false;
        using var type = _file.Enter();
        while (_file.Next())
        {
            hasShape |= _file.Field == 2;
            _file.Skip();
        }

        return hasShape;
    }
}

/// <summary>A tensor whose bytes lie in a file beside the graph.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Location">The file, relative to the graph's folder, as the graph writes it.</param>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Length">Its bytes, or null when the graph does not say.</param>
/// <param name="ElementType">The type of its elements, by onnx.proto's <c>TensorProto.DataType</c>.</param>
/// <param name="Shape">Its dimensions.</param>
internal sealed record ExternalTensor(string Name, string Location, long Offset, long? Length, int ElementType, long[] Shape);
