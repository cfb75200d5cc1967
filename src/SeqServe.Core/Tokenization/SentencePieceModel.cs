using SeqServe.Core.Protobuf;

namespace SeqServe.Core.Tokenization;

/// <summary>What a SentencePiece <c>.model</c> file holds, as far as encoding needs it (sentencepiece_model.proto).</summary>
public sealed class SentencePieceModel
{
    private const int Bpe = 2;

    /// <summary>The kinds of piece, with the file's numbers.</summary>
    public enum PieceKind
    {
        /// <summary>A piece that merges make.</summary>
        Normal = 1,

        /// <summary>The piece for what the vocabulary cannot spell.</summary>
        Unknown = 2,

        /// <summary>A control symbol (padding, begin, end): never made from text.</summary>
        Control = 3,

        /// <summary>A symbol that the trainer keeps whole.</summary>
        UserDefined = 4,

        /// <summary>A piece that was switched off.</summary>
        Unused = 5,

        /// <summary>One byte, <c>&lt;0x41&gt;</c>, for characters outside of the vocabulary.</summary>
        Byte = 6,
    }

    private SentencePieceModel(IReadOnlyList<Piece> pieces, bool addDummyPrefix)
    {
        Pieces = pieces;
        AddDummyPrefix = addDummyPrefix;
    }

    /// <summary>All pieces; the index is the token id.</summary>
    public IReadOnlyList<Piece> Pieces { get; }

    /// <summary>Whether a space is put in front of the text.</summary>
    public bool AddDummyPrefix { get; }

    /// <summary>Reads a model file.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is no SentencePiece BPE model with byte fallback and identity normalization; the message says which.
    /// </exception>
    public static SentencePieceModel Read(byte[] file)
    {
        var pieces = new List<Piece>();
        var trainer = new TrainerSpec();
        var normalizer = new NormalizerSpec();
        var reader = new ProtobufReader(new MemoryStream(file, writable: false));
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: pieces.Add(ReadPiece(reader)); break;
                case 2: trainer = ReadTrainer(reader); break;
                case 3: normalizer = ReadNormalizer(reader); break;
                default: reader.Skip(); break;
            }
        }

        Check(pieces, trainer, normalizer);
        return new SentencePieceModel(pieces, normalizer.AddDummyPrefix);
    }

    private static void Check(List<Piece> pieces, TrainerSpec trainer, NormalizerSpec normalizer)
    {
        if (pieces.Count == 0)
            throw new InvalidDataException("It holds no pieces.");
        if (trainer.ModelType != Bpe)
            throw new InvalidDataException($"Its model_type is {trainer.ModelType}; train with model_type=bpe.");
        if (normalizer.HasCharsMap)
            throw new InvalidDataException("It brings its own normalizer; train with normalization_rule_name=identity and name the rule in the manifest.");
        var bytes = pieces.Where(p => p.Kind == PieceKind.Byte).Select(p => p.Text).ToHashSet(StringComparer.Ordinal);
        if (!bytes.SetEquals(Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>")))
            throw new InvalidDataException("It has not one byte piece for each byte; train with byte_fallback=True.");
        if (pieces.Any(p => p.Kind == PieceKind.UserDefined))
            throw new InvalidDataException("It has user-defined symbols; put control symbols in front as ids instead.");
    }

    private static Piece ReadPiece(ProtobufReader reader)
    {
        var text = "";
        var score = 0f;
        var kind = PieceKind.Normal;
        using var message = reader.Enter();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: text = reader.ReadText(); break;
                case 2: score = reader.ReadFloat(); break;
                case 3: kind = (PieceKind)reader.ReadNumber(); break;
                default: reader.Skip(); break;
            }
        }

        return new Piece(text, score, kind);
    }

    private static TrainerSpec ReadTrainer(ProtobufReader reader)
    {
        var spec = new TrainerSpec();
        using var message = reader.Enter();
        while (reader.Next())
        {
            if (reader.Field == 3)
                spec.ModelType = (int)reader.ReadNumber();
            else
                reader.Skip();
        }

        return spec;
    }

    private static NormalizerSpec ReadNormalizer(ProtobufReader reader)
    {
        var spec = new NormalizerSpec();
        using var message = reader.Enter();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: spec.HasCharsMap = reader.SkipBytes() > 0; break;
                case 3: spec.AddDummyPrefix = reader.ReadNumber() != 0; break;
                default: reader.Skip(); break;
            }
        }

        return spec;
    }

    /// <summary>One piece of the vocabulary.</summary>
    /// <param name="Text">Its characters; U+2581 stands for a space.</param>
    /// <param name="Score">The higher, the earlier it is merged.</param>
    /// <param name="Kind">What it is.</param>
    public sealed record Piece(string Text, float Score, PieceKind Kind);

    // Defaults as in sentencepiece_model.proto: unigram, with a dummy prefix.
    private sealed class TrainerSpec
    {
        public int ModelType { get; set; } = 1;
    }

    private sealed class NormalizerSpec
    {
        public bool HasCharsMap { get; set; }

        public bool AddDummyPrefix { get; set; } = true;
    }
}
