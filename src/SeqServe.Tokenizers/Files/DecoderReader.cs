using System.Text.Json;
using SeqServe.Tokenizers.Decoders;
using SeqServe.Tokenizers.PreTokenizers;

namespace SeqServe.Tokenizers.Files;

/// <summary>Reads the <c>decoder</c> of a tokenizer.json.</summary>
internal static class DecoderReader
{
    /// <summary>Makes the decoder.</summary>
    /// <exception cref="InvalidDataException">It lacks something, or is not supported; the message names it.</exception>
    public static Decoder Read(JsonElement json)
    {
        var part = new PartReader("decoder", json);
        return (part.Type ?? Guess(part)) switch
        {
            "Sequence" => new DecoderSequence([.. part.List("decoders").EnumerateArray().Select(Read)]),
            "BPEDecoder" => new BpeDecoder(part.Text("suffix")),
            "ByteFallback" => new ByteFallbackDecoder(),
            "ByteLevel" => new ByteLevelDecoder(),
            "CTC" => new CtcDecoder(part.Text("pad_token"), part.Text("word_delimiter_token"), part.Flag("cleanup")),
            "Fuse" => new FuseDecoder(),
            "Metaspace" => new MetaspaceDecoder(part.Character("replacement"), PreTokenizerReader.Scheme(part) != PrependScheme.Never),
            "Replace" => new ReplaceDecoder(PatternReader.Read(part), part.Text("content")),
            "Strip" => new StripDecoder(part.Character("content"), part.Number("start"), part.Number("stop")),
            "WordPiece" => new WordPieceDecoder(part.Text("prefix"), part.Flag("cleanup")),
            _ => throw part.NotSupported(),
        };
    }

    private static string Guess(PartReader part)
    {
        if (part.Has("suffix"))
            return "BPEDecoder";
        if (part.Has("prefix") && part.Has("cleanup"))
            return "WordPiece";
        if (part.Has("pad_token"))
            return "CTC";
        if (part.Has("content"))
            return part.Has("pattern") ? "Replace" : "Strip";
        return "";
    }
}
