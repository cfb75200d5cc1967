namespace SeqServe.Onnx.Tensors;

/// <summary>What ONNX Runtime's managed API does not tell of a graph: its operators, and which tensors have no declared shape. Weights are passed over unread.</summary>
internal sealed class GraphFile
{
    // Field numbers of onnx.proto.
    private const int ModelGraph = 7;
    private const int ModelFunctions = 25;
    private const int GraphNode = 1;
    private const int GraphInput = 11;
    private const int GraphOutput = 12;
    private const int FunctionNode = 7;
    private const int NodeOperator = 4;
    private const int NodeAttribute = 5;
    private const int AttributeGraph = 6;
    private const int AttributeGraphs = 11;
    private const int ValueName = 1;
    private const int ValueType = 2;
    private const int TypeTensor = 1;
    private const int TensorShape = 2;

    private static readonly HashSet<string> s_recurrent = new(StringComparer.Ordinal) { "RNN", "LSTM", "GRU", "DynamicQuantizeLSTM", "AttnLSTM" };

    private readonly HashSet<string> _operators = new(StringComparer.Ordinal);
    private readonly HashSet<string> _shapeless = new(StringComparer.Ordinal);

    private GraphFile()
    {
    }

    /// <summary>Whether it holds an RNN, LSTM or GRU, also in a branch, a loop or a function. A file that cannot be read may.</summary>
    public bool IsRecurrent { get; private set; }

    /// <summary>Whether a graph input or output has no declared shape, not even a number of axes.</summary>
    public bool IsShapeless(string name) => _shapeless.Contains(name);

    /// <summary>Reads a file that ONNX Runtime has opened.</summary>
    public static GraphFile Read(string path)
    {
        var file = new GraphFile();
        try
        {
            using var stream = File.OpenRead(path);
            file.ReadModel(new MessageStream(stream));
            file.IsRecurrent = file._operators.Overlaps(s_recurrent);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            file.IsRecurrent = true;
        }

        return file;
    }

    private void ReadModel(MessageStream model)
    {
        while (model.Next())
        {
            if (model.Field == ModelGraph)
                model.Enter(ReadGraph);
            else if (model.Field == ModelFunctions)
                model.Enter(function => ReadNodes(function, FunctionNode));
            else
                model.Skip();
        }
    }

    private void ReadGraph(MessageStream graph)
    {
        while (graph.Next())
        {
            if (graph.Field == GraphNode)
                graph.Enter(ReadNode);
            else if (graph.Field is GraphInput or GraphOutput)
                graph.Enter(ReadValue);
            else
                graph.Skip();
        }
    }

    private void ReadNodes(MessageStream message, int field)
    {
        while (message.Next())
        {
            if (message.Field == field)
                message.Enter(ReadNode);
            else
                message.Skip();
        }
    }

    private void ReadNode(MessageStream node)
    {
        while (node.Next())
        {
            if (node.Field == NodeOperator)
                _operators.Add(node.Text());
            else if (node.Field == NodeAttribute)
                node.Enter(ReadAttribute);
            else
                node.Skip();
        }
    }

    private void ReadAttribute(MessageStream attribute)
    {
        while (attribute.Next())
        {
            if (attribute.Field is AttributeGraph or AttributeGraphs)
                attribute.Enter(ReadGraph);
            else
                attribute.Skip();
        }
    }

    private void ReadValue(MessageStream value)
    {
        var name = "";
        var hasShape = false;
        while (value.Next())
        {
            if (value.Field == ValueName)
                name = value.Text();
            else if (value.Field == ValueType)
                value.Enter(type => hasShape = Has(type, TypeTensor, tensor => Has(tensor, TensorShape, null)));
            else
                value.Skip();
        }

        if (!hasShape)
            _shapeless.Add(name);
    }

    private static bool Has(MessageStream message, int field, Func<MessageStream, bool>? inside)
    {
        var found = false;
        while (message.Next())
        {
            if (message.Field != field)
                message.Skip();
            else if (inside is null)
                (found, _) = (true, message.Skip());
            else
                message.Enter(inner => found |= inside(inner));
        }

        return found;
    }
}
