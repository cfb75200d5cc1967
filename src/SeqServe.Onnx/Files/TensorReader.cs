using System.Globalization;
using System.Runtime.InteropServices;
using SeqServe.Onnx.Reading;

namespace SeqServe.Onnx.Files;

/// <summary>Reads tensors, and what is declared of inputs and outputs. Elements are read of small tensors only.</summary>
/// <param name="fields">The file.</param>
internal sealed class TensorReader(FieldReader fields)
{
    /// <summary>Most numbers of a list that are kept.</summary>
    public const int MostNumbers = 1024;

    // TensorProto.DataLocation
    private const ulong IsExternal = 1;

    private const int MostBytes = MostNumbers * sizeof(long);

    // No operator takes a text of more, and those that are longer are equations and documentation.
    private const int MostText = 256;

    private readonly List<ExternalTensor> _external = [];

    /// <summary>The tensors that lie in other files.</summary>
    public IReadOnlyList<ExternalTensor> External => _external;

    /// <summary>Reads a tensor.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public GraphConstant Read()
    {
        var name = "";
        var isExternal = false;
        var type = 0;
        byte[]? raw = null;
        var (shape, numbers) = (new List<long>(), new List<long>());
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        using var message = fields.Enter();
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1: fields.File.ReadNumbers(shape, MostNumbers); break;
                case 2: type = (int)fields.File.ReadNumber(); break;
                case 5 or 7 or 11: fields.File.ReadNumbers(numbers, MostNumbers + 1); break;
                case 8: name = fields.ReadName(); break;
                case 9: raw = fields.File.ReadBytes(MostBytes); break;
                case 13: ReadEntry(entries); break;
                case 14: isExternal = fields.File.ReadNumber() == IsExternal; break;
                default: fields.File.Skip(); break;
            }
        }

        if (isExternal || entries.Count > 0)
        {
            var (location, offset, length) = (entries.GetValueOrDefault("location", ""), Number(name, entries, "offset"), Number(name, entries, "length"));
            _external.Add(new ExternalTensor(name, location, offset ?? 0, length, type, [.. shape]));
            return new(name, type, shape, Numbers: null, Reals: null);
        }

        var values = raw is not null ? ElementType.Decode(type, raw) : numbers;
        var reals = raw is not null && type == ElementType.Float && raw.Length % sizeof(float) == 0 ? MemoryMarshal.Cast<byte, float>(raw).ToArray() : null;
        var count = Count(shape);
        return new(
            name, type, shape,
            ElementType.IsInteger(type) || type == ElementType.Bool ? (values?.Count == count ? values : null) : null,
            reals?.Length == count ? reals : null);
    }

    /// <summary>Reads a sparse tensor, which is called as its values are.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public GraphConstant ReadSparse()
    {
        var (name, type) = ("", 0);
        using var message = fields.Enter();
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1 when Read() is var values: (name, type) = (values.Name, values.Type); break;
                case 2: Read(); break;
                default: fields.File.Skip(); break;
            }
        }

        return new(name, type, Shape: null, Numbers: null, Reals: null);
    }

    /// <summary>Reads what is declared of an input or output.</summary>
    /// <exception cref="InvalidDataException">It is nothing of the kind.</exception>
    public GraphValue ReadValue()
    {
        var name = "";
        var (type, shape) = (ElementType.Unknown, (List<long>?)null);
        using var message = fields.Enter();
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1: name = fields.ReadName(); break;
                case 2: (type, shape) = ReadType(type, shape); break;
                default: fields.File.Skip(); break;
            }
        }

        return new(name, type, shape);
    }

    /// <summary>Reads the field as a text; null for a long one.</summary>
    public string? ReadShortText() => fields.File.ReadBytes(MostText) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : null;

    // TypeProto: its tensor_type, with elem_type and shape.
    private (int Type, List<long>? Shape) ReadType(int type, List<long>? shape)
    {
        using var message = fields.Enter();
        while (fields.Next())
        {
            if (fields.Number != 1)
            {
                fields.File.Skip();
                continue;
            }

            using var tensor = fields.Enter();
            while (fields.Next())
            {
                switch (fields.Number)
                {
                    case 1: type = (int)fields.File.ReadNumber(); break;
                    case 2: ReadShape(shape = []); break;
                    default: fields.File.Skip(); break;
                }
            }
        }

        return (type, shape);
    }

    private void ReadShape(List<long> shape)
    {
        using var message = fields.Enter();
        while (fields.Next())
        {
            if (fields.Number != 1)
            {
                fields.File.Skip();
                continue;
            }

            var size = -1L;
            using (fields.Enter())
            {
                while (fields.Next())
                {
                    if (fields.Number == 1)
                        size = (long)fields.File.ReadNumber();
                    else
                        fields.File.Skip();
                }
            }

            shape.Add(size < 0 ? -1 : size);
        }
    }

    private void ReadEntry(Dictionary<string, string> entries)
    {
        var (key, value) = ("", "");
        using var entry = fields.Enter();
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1: key = fields.ReadName(); break;
                case 2: value = fields.ReadName(); break;
                default: fields.File.Skip(); break;
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

    // Null for sizes that no tensor has.
    private static long? Count(List<long> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && count > MostNumbers / size))
                return null;
            count *= size;
        }

        return count;
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
