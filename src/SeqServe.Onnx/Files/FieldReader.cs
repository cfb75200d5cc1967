using SeqServe.Tokenizers.Protobuf;


namespace SeqServe.Onnx.Files;

/// <summary>Reads the fields of an ONNX file within bounds: of depth, of their number, and of what is kept of them.</summary>
internal sealed class FieldReader
{
    /// <summary>Most operators, names and attributes that are kept, some 250 MiB; graphs of large language models have some 100,000.</summary>
    public const int MostKept = 1 << 20;

    // As deep as protobuf's own parsers go.
    private const int MaxNested = 100;

    // Seconds of reading; forests of decision trees have some millions.
    private const long MostFields = 1 << 26;

    // Characters of names that are kept, each name once.
    private const long MostText = 1 << 25;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private int _depth;
    private long _fields;
    private long _kept;
    private long _text;

    /// <summary>The file.</summary>
    public ProtobufReader File { get; set; } = new(Stream.Null);

    /// <summary>Number of the field that <see cref="Next"/> has found.</summary>
    public int Number => File.Field;

    /// <summary>Goes to the next field of the message; false at its end.</summary>
    /// <exception cref="OversizedGraphException">There are too many.</exception>
    public bool Next()
    {
        if (!File.Next())
            return false;
        return ++_fields <= MostFields ? true : throw new OversizedGraphException($"it has more than {MostFields} fields");
    }

    /// <summary>Enters the field as a message, until the result is disposed.</summary>
    /// <exception cref="InvalidDataException">It is nested too deep.</exception>
    /// <exception cref="OversizedGraphException">More would be kept of the file than the server keeps.</exception>
    public Message Enter()
    {
        if (++_depth > MaxNested)
            throw new InvalidDataException($"Messages are nested more than {MaxNested} deep.");
        Keep();
        return new Message(this, File.Enter());
    }

    /// <summary>Reads the field as a name.</summary>
    /// <exception cref="InvalidDataException">It is too long.</exception>
    /// <exception cref="OversizedGraphException">More would be kept of the file than the server keeps.</exception>
    public string ReadName()
    {
        Keep();
        var name = File.ReadText();
        if (_names.TryGetValue(name, out var known))
            return known;
        _text += name.Length;
        if (_text > MostText)
            throw new OversizedGraphException($"its names have more than {MostText} characters");
        return _names[name] = name;
    }

    private void Keep()
    {
        if (++_kept > MostKept)
            throw new OversizedGraphException($"it has more than {MostKept} operators, names and attributes");
    }

    /// <summary>A message that is being read; what is left of it when this is disposed is skipped.</summary>
    public readonly ref struct Message(FieldReader reader, ProtobufReader.Message message)
    {
        private readonly ProtobufReader.Message _message = message;

        /// <summary>Goes on with the message around it.</summary>
        public void Dispose()
        {
            _message.Dispose();
            reader._depth--;
        }
    }
}

/// <summary>A graph of which the server would have to keep more than it keeps of any.</summary>
internal sealed class OversizedGraphException(string what) : Exception($"The graph is too large to be read: {what}.");
