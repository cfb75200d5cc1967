namespace SeqServe.Onnx.Reading;

/// <summary>A graph as its file writes it: the main one, a branch or the body of a loop.</summary>
internal sealed class GraphStructure
{
    /// <summary>Its operators, in an order in which they can run.</summary>
    public List<GraphNode> Nodes { get; } = [];

    /// <summary>Its initializers, by name.</summary>
    public Dictionary<string, GraphConstant> Constants { get; } = new(StringComparer.Ordinal);

    /// <summary>What it takes; initializers may be among them.</summary>
    public List<GraphValue> Inputs { get; } = [];

    /// <summary>What it gives.</summary>
    public List<GraphValue> Outputs { get; } = [];
}

/// <summary>An operator of a graph.</summary>
internal sealed class GraphNode
{
    /// <summary>Its type, such as <c>MatMul</c>.</summary>
    public string Operator { get; set; } = "";

    /// <summary>Where the type is defined; empty for ONNX itself.</summary>
    public string Domain { get; set; } = "";

    /// <summary>Its name, often empty.</summary>
    public string Name { get; set; } = "";

    /// <summary>Names of what it reads; an empty one leaves an optional input out.</summary>
    public List<string> Inputs { get; } = [];

    /// <summary>Names of what it gives.</summary>
    public List<string> Outputs { get; } = [];

    /// <summary>Its attributes, by name.</summary>
    public Dictionary<string, GraphAttribute> Attributes { get; } = new(StringComparer.Ordinal);

    /// <summary>Its type as it is written in messages.</summary>
    public string Title => Domain.Length == 0 || Domain == "ai.onnx" ? Operator : $"{Domain}.{Operator}";

    /// <summary>What it is called in messages: its type, and its name where it has one.</summary>
    public string Place => Name.Length == 0 ? Title : $"{Title} \"{Name}\"";
}

/// <summary>An attribute of an operator.</summary>
internal sealed class GraphAttribute
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>A whole number.</summary>
    public long? Number { get; set; }

    /// <summary>A short text.</summary>
    public string? Text { get; set; }

    /// <summary>Whole numbers; as many as are kept.</summary>
    public List<long> Numbers { get; } = [];

    /// <summary>A tensor.</summary>
    public GraphConstant? Tensor { get; set; }

    /// <summary>Branches and bodies.</summary>
    public List<GraphStructure> Graphs { get; } = [];

    /// <summary>Whether its value is that of an attribute of the function around it.</summary>
    public bool IsReference { get; set; }
}

/// <summary>A tensor that the file holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements, by onnx.proto's <c>TensorProto.DataType</c>.</param>
/// <param name="Shape">Its dimensions; null for one whose form is not read.</param>
/// <param name="Numbers">Its elements where it is a small one of whole numbers; else null.</param>
/// <param name="Reals">Its elements where it is a small one of single precision; else null.</param>
internal sealed record GraphConstant(string Name, int Type, IReadOnlyList<long>? Shape, IReadOnlyList<long>? Numbers, IReadOnlyList<float>? Reals);

/// <summary>An input or output of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements; 0 for what is no tensor.</param>
/// <param name="Shape">Its axes, −1 for a free one; null where no shape is declared.</param>
internal sealed record GraphValue(string Name, int Type, IReadOnlyList<long>? Shape);

/// <summary>A function that the file defines.</summary>
internal sealed class GraphFunction
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The domain of its name.</summary>
    public string Domain { get; set; } = "";

    /// <summary>Names of what it takes.</summary>
    public List<string> Inputs { get; } = [];

    /// <summary>Names of what it gives.</summary>
    public List<string> Outputs { get; } = [];

    /// <summary>Its operators.</summary>
    public GraphStructure Body { get; } = new();
}
