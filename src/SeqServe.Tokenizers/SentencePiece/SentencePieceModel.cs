using System.Globalization;
using SeqServe.Tokenizers.Protobuf;

namespace SeqServe.Tokenizers.SentencePiece;

/// <summary>What a SentencePiece model file says (google/sentencepiece, sentencepiece_model.proto).</summary>
internal sealed class SentencePieceModel
{
    // More tokens than any model has; a piece takes two bytes of the file at least.
    private const int MostPieces = 4_000_000;

    private readonly List<SentencePiecePiece> _pieces = [];

    private SentencePieceModel()
    {
    }

    /// <summary>The pieces; an id is a place in this list.</summary>
    public IReadOnlyList<SentencePiecePiece> Pieces => _pieces;

    /// <summary>How texts are cut.</summary>
    public SentencePieceKind Kind { get; private set; } = SentencePieceKind.Unigram;

    /// <summary>Id of the unknown piece as the trainer was told.</summary>
    public int UnknownId { get; private set; }

    /// <summary>The unknown piece as the trainer was told.</summary>
    public string UnknownPiece { get; private set; } = "<unk>";

    /// <summary>What an unknown piece is decoded to.</summary>
    public string UnknownSurface { get; private set; } = " \u2047 ";

    /// <summary>Whether what is unknown becomes bytes.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>Whether the space mark stands behind a word instead of before it.</summary>
    public bool SpaceIsSuffix { get; private set; }

    /// <summary>The compiled table of replacements; empty where there is none.</summary>
    public byte[] CharsMap { get; private set; } = [];

    /// <summary>Whether a space is put before the text.</summary>
    public bool AddDummyPrefix { get; private set; } = true;

    /// <summary>Whether spaces at the ends go, and of several in a row all but one.</summary>
    public bool RemoveExtraWhitespaces { get; private set; } = true;

    /// <summary>Whether a space becomes the mark U+2581.</summary>
    public bool EscapeWhitespaces { get; private set; } = true;

    /// <summary>Whether decoded texts pass through a table of their own, which is not supported.</summary>
    public bool HasDenormalizer { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its content.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="InvalidDataException">It is none, or cut off.</exception>
    public static SentencePieceModel Read(byte[] file, string name)
    {
        var model = new SentencePieceModel();
        try
        {
            var reader = new ProtobufReader(new MemoryStream(file, writable: false));
            while (reader.Next())
                model.ReadField(reader);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{name} is no SentencePiece model: {e.Message}", e);
        }

        return model._pieces.Count > 0 ? model : throw new InvalidDataException($"{name} is no SentencePiece model: it has no pieces.");
    }

    private void ReadField(ProtobufReader reader)
    {
        switch (reader.Field)
        {
            case 1: ReadPiece(reader); break;
            case 2: ReadTrainer(reader); break;
            case 3: ReadNormalizer(reader); break;
            case 5: HasDenormalizer |= HasCharsMap(reader); break;
            default: reader.Skip(); break;
        }
    }

    private void ReadPiece(ProtobufReader reader)
    {
        var (text, score, type) = ("", 0f, SentencePieceType.Normal);
        using var message = reader.Enter();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: text = reader.ReadText(); break;
                case 2: score = reader.ReadFloat(); break;
                case 3: type = (SentencePieceType)reader.ReadNumber(); break;
                default: reader.Skip(); break;
            }
        }

        if (text.Length == 0)
            throw new InvalidDataException($"piece {_pieces.Count} is empty.");
        if (_pieces.Count == MostPieces)
            throw new InvalidDataException($"it has more than {MostPieces} pieces.");
        _pieces.Add(new SentencePiecePiece(text, score, type));
    }

    private void ReadTrainer(ProtobufReader reader)
    {
        using var message = reader.Enter();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3: Kind = (SentencePieceKind)reader.ReadNumber(); break;
                case 24: SpaceIsSuffix = reader.ReadNumber() != 0; break;
                case 35: ByteFallback = reader.ReadNumber() != 0; break;
                case 40: UnknownId = (int)reader.ReadNumber(); break;
                case 44: UnknownSurface = reader.ReadText(); break;
                case 45: UnknownPiece = reader.ReadText(); break;
                default: reader.Skip(); break;
            }
        }
    }

    private void ReadNormalizer(ProtobufReader reader)
    {
        using var message = reader.Enter();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: CharsMap = reader.ReadBytes(int.MaxValue) ?? []; break;
                case 3: AddDummyPrefix = reader.ReadNumber() != 0; break;
                case 4: RemoveExtraWhitespaces = reader.ReadNumber() != 0; break;
                case 5: EscapeWhitespaces = reader.ReadNumber() != 0; break;
                default: reader.Skip(); break;
            }
        }
    }

    private static bool HasCharsMap(ProtobufReader reader)
    {
        using var message = reader.Enter();
        while (reader.Next())
        {
            if (reader.Field == 2)
                return reader.SkipBytes() > 0;
            reader.Skip();
        }

        return false;
    }
}

/// <summary>A piece of a SentencePiece model.</summary>
/// <param name="Text">Its characters; U+2581 stands for a space.</param>
/// <param name="Score">The higher, the rather it is taken.</param>
/// <param name="Type">What it is for.</param>
internal readonly record struct SentencePiecePiece(string Text, float Score, SentencePieceType Type)
{
    /// <summary>The byte that its text names, as <c>&lt;0x4A&gt;</c> does; null where it names none.</summary>
    public byte? Byte =>
        Text.Length == 6 && byte.TryParse(Text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && Text == $"<0x{value:X2}>"
            ? value
            : null;
}

/// <summary>What a piece is for; numbers as in the file.</summary>
internal enum SentencePieceType
{
    /// <summary>A piece of text.</summary>
    Normal = 1,

    /// <summary>What stands for anything unknown.</summary>
    Unknown = 2,

    /// <summary>A piece that texts never contain.</summary>
    Control = 3,

    /// <summary>A piece that is kept whole wherever it stands.</summary>
    UserDefined = 4,

    /// <summary>A piece that is not used.</summary>
    Unused = 5,

    /// <summary>One byte.</summary>
    Byte = 6,
}

/// <summary>How a model cuts texts; numbers as in the file.</summary>
internal enum SentencePieceKind
{
    /// <summary>By the sum of scores.</summary>
    Unigram = 1,

    /// <summary>By merging pairs.</summary>
    Bpe = 2,

    /// <summary>At spaces.</summary>
    Word = 3,

    /// <summary>Character by character.</summary>
    Char = 4,
}
