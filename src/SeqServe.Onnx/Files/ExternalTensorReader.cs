using System.Globalization;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx.Files;

/// <summary>Walks an ONNX file (onnx.proto) from message to message without reading its weights, and collects the tensors that lie in other files.</summary>
internal sealed class ExternalTensorReader(MessageStream file)
{
    // As deep as protobuf's own parsers go.
    private const int MaxNested = 100;
    private const int External = 1;

    private readonly List<ExternalTensor> _external = [];
    private int _depth;

    private enum Message
    {
        None,
        Model,
        TrainingInfo,
        Function,
        Graph,
        Node,
        Attribute,
        SparseTensor,
        Tensor,
    }

    /// <summary>Whether the file begins as every exporter begins one: with the version of the format.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether the file holds a graph.</summary>
    public bool HasGraph { get; private set; }

    /// <summary>Reads the whole file.</summary>
    /// <exception cref="InvalidDataException">It is no ONNX file, or ends in the middle of one.</exception>
    public IReadOnlyList<ExternalTensor> Read()
    {
        Walk(Message.Model);
        return _external;
    }

    private void Walk(Message message)
    {
        if (++_depth > MaxNested)
            throw new InvalidDataException($"Messages are nested more than {MaxNested} deep.");
        while (file.Next())
        {
            if (message == Message.Model)
            {
                HasBegun |= file.Field == 1;
                HasGraph |= file.Field == 7;
            }

            var child = Child(message, file.Field);
            if (child == Message.None)
                file.Skip();
            else
                file.Enter(_ => Enter(child));
        }

        _depth--;
    }

    private void Enter(Message message)
    {
        if (message == Message.Tensor)
            ReadTensor();
        else
            Walk(message);
    }

    // Every way that leads to a tensor; field numbers of onnx.proto.
    private static Message Child(Message message, int field) => (message, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Model, 20) => Message.TrainingInfo,
        (Message.Model, 25) => Message.Function,
        (Message.TrainingInfo, 1 or 2) => Message.Graph,
        (Message.Function, 7) => Message.Node,
        (Message.Graph, 1) => Message.Node,
        (Message.Graph, 5) => Message.Tensor,
        (Message.Graph, 15) => Message.SparseTensor,
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
        while (file.Next())
        {
            switch (file.Field)
            {
                case 1: file.Numbers(shape); break;
                case 2: elementType = (int)file.Number(); break;
                case 8: name = file.Text(); break;
                case 13: file.Enter(_ => ReadEntry(entries)); break;
                case 14: isExternal = file.Number() == External; break;
                default: file.Skip(); break;
            }
        }

        if (isExternal || entries.Count > 0)
            _external.Add(new ExternalTensor(name, entries.GetValueOrDefault("location", ""), Number(name, entries, "offset") ?? 0, Number(name, entries, "length"), elementType, [.. shape]));
    }

    private void ReadEntry(Dictionary<string, string> entries)
    {
        var (key, value) = ("", "");
        while (file.Next())
        {
            switch (file.Field)
            {
                case 1: key = file.Text(); break;
                case 2: value = file.Text(); break;
                default: file.Skip(); break;
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
}
