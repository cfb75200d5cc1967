using SeqServe.Onnx.Reading;
using SeqServe.Tokenizers.Protobuf;

namespace SeqServe.Onnx.Files;

/// <summary>
/// Walks an ONNX file (onnx.proto) once, from message to message without reading its weights, and collects what the server asks of it. What it keeps of a
/// file of any size is bounded.
/// </summary>
internal sealed class ModelWalker
{
    private readonly FieldReader _fields = new();
    private readonly TensorReader _tensors;
    private readonly List<GraphFunction> _functions = [];
    private readonly HashSet<string> _operators = new(StringComparer.Ordinal);

    public ModelWalker() => _tensors = new TensorReader(_fields);

    /// <summary>Whether the file has the version of the format.</summary>
    public bool HasVersion { get; private set; }

    /// <summary>Whether the file holds a graph.</summary>
    public bool HasGraph => Graph is not null;

    /// <summary>The graph; null in a file without.</summary>
    public GraphStructure? Graph { get; private set; }

    /// <summary>The functions that the file defines.</summary>
    public IReadOnlyList<GraphFunction> Functions => _functions;

    /// <summary>The version of ONNX's own operators that the graph is written for; 0 where the file does not say.</summary>
    public int Opset { get; private set; }

    /// <summary>Types of all operators, also of those in a branch, a loop or a function.</summary>
    public IReadOnlySet<string> Operators => _operators;

    /// <summary>The tensors that lie in other files.</summary>
    public IReadOnlyList<ExternalTensor> ExternalTensors => _tensors.External;

    /// <summary>Reads a whole file; what was found before a fault stays.</summary>
    /// <exception cref="InvalidDataException">It is no ONNX file.</exception>
    /// <exception cref="OversizedGraphException">It is one of which too much would have to be kept.</exception>
    /// <exception cref="EndOfStreamException">It ends in the middle of one.</exception>
    public void Read(ProtobufReader file)
    {
        _fields.File = file;
        while (_fields.Next())
        {
            switch (_fields.Number)
            {
                case 1: HasVersion = true; file.Skip(); break;
                case 7: Graph ??= new GraphStructure(); ReadGraph(Graph); break;
                case 8: ReadOpset(); break;
                case 20: ReadTraining(); break;
                case 25: ReadFunction(); break;
                default: file.Skip(); break;
            }
        }
    }

    private void ReadOpset()
    {
        var (domain, version) = ("", 0L);
        using var message = _fields.Enter();
        while (_fields.Next())
        {
            switch (_fields.Number)
            {
                case 1: domain = _fields.ReadName(); break;
                case 2: version = (long)_fields.File.ReadNumber(); break;
                default: _fields.File.Skip(); break;
            }
        }

        if (domain is "" or "ai.onnx")
            Opset = (int)Math.Clamp(version, 0, int.MaxValue);
    }

    // Graphs that run in training only; their weights and operators are in the file all the same.
    private void ReadTraining()
    {
        using var message = _fields.Enter();
        while (_fields.Next())
        {
            if (_fields.Number is 1 or 2)
                ReadGraph(new GraphStructure());
            else
                _fields.File.Skip();
        }
    }

    private void ReadFunction()
    {
        var function = new GraphFunction();
        using var message = _fields.Enter();
        while (_fields.Next())
        {
            switch (_fields.Number)
            {
                case 1: function.Name = _fields.ReadName(); break;
                case 4: function.Inputs.Add(_fields.ReadName()); break;
                case 5: function.Outputs.Add(_fields.ReadName()); break;
                case 7: function.Body.Nodes.Add(ReadNode()); break;
                case 10: function.Domain = _fields.ReadName(); break;
                default: _fields.File.Skip(); break;
            }
        }

        _functions.Add(function);
    }

    private void ReadGraph(GraphStructure graph)
    {
        using var message = _fields.Enter();
        while (_fields.Next())
        {
            switch (_fields.Number)
            {
                case 1: graph.Nodes.Add(ReadNode()); break;
                case 5 when _tensors.Read() is var constant: graph.Constants[constant.Name] = constant; break;
                case 11: graph.Inputs.Add(_tensors.ReadValue()); break;
                case 12: graph.Outputs.Add(_tensors.ReadValue()); break;
                case 15 when _tensors.ReadSparse() is var constant: graph.Constants[constant.Name] = constant; break;
                default: _fields.File.Skip(); break;
            }
        }
    }

    private GraphNode ReadNode()
    {
        var node = new GraphNode();
        using var message = _fields.Enter();
        while (_fields.Next())
        {
            switch (_fields.Number)
            {
                case 1: node.Inputs.Add(_fields.ReadName()); break;
                case 2: node.Outputs.Add(_fields.ReadName()); break;
                case 3: node.Name = _fields.ReadName(); break;
                case 4: node.Operator = _fields.ReadName(); break;
                case 5 when ReadAttribute() is var attribute: node.Attributes[attribute.Name] = attribute; break;
                case 7: node.Domain = _fields.ReadName(); break;
                default: _fields.File.Skip(); break;
            }
        }

        _operators.Add(node.Operator);
        return node;
    }

    private GraphAttribute ReadAttribute()
    {
        var attribute = new GraphAttribute();
        using var message = _fields.Enter();
        while (_fields.Next())
        {
            switch (_fields.Number)
            {
                case 1: attribute.Name = _fields.ReadName(); break;
                case 3: attribute.Number = (long)_fields.File.ReadNumber(); break;
                case 4: attribute.Text = _tensors.ReadShortText(); break;
                // What is given twice is one message in parts.
                case 5: attribute.Tensor = attribute.Tensor is null ? _tensors.Read() : _tensors.Read() with { Shape = null, Numbers = null }; break;
                case 6 when attribute.Graphs.Count > 0: ReadGraph(attribute.Graphs[0]); break;
                case 6 or 11: attribute.Graphs.Add(ReadBranch()); break;
                case 8: _fields.File.ReadNumbers(attribute.Numbers, TensorReader.MostNumbers); break;
                case 10: _tensors.Read(); break;
                case 21: attribute.IsReference = true; _fields.File.Skip(); break;
                case 22 or 23: attribute.Tensor = _tensors.ReadSparse(); break;
                default: _fields.File.Skip(); break;
            }
        }

        return attribute;
    }

    private GraphStructure ReadBranch()
    {
        var graph = new GraphStructure();
        ReadGraph(graph);
        return graph;
    }
}
