using System.Text.Json;
using SeqServe.Tokenizers.Normalizers;

namespace SeqServe.Tokenizers.Files;

/// <summary>Reads the <c>normalizer</c> of a tokenizer.json.</summary>
internal static class NormalizerReader
{
    /// <summary>Makes the normalizer.</summary>
    /// <exception cref="InvalidDataException">It lacks something, or is not supported; the message names it.</exception>
    public static Normalizer Read(JsonElement json)
    {
        var part = new PartReader("normalizer", json);
        switch (part.Type ?? Guess(part))
        {
            case "Sequence":
                return new NormalizerSequence([.. part.List("normalizers").EnumerateArray().Select(Read)]);
            case "BertNormalizer":
                bool? accents = part.Has("strip_accents") ? part.Flag("strip_accents") : null;
                return new BertNormalizer(part.Flag("clean_text"), part.Flag("handle_chinese_chars"), accents, part.Flag("lowercase"));
            case "NFC":
                return new UnicodeForm(compose: true, compatible: false);
            case "NFD":
                return new UnicodeForm(compose: false, compatible: false);
            case "NFKC":
                return new UnicodeForm(compose: true, compatible: true);
            case "NFKD":
                return new UnicodeForm(compose: false, compatible: true);
            case "Nmt":
                return new Nmt();
            case "Lowercase":
                return new Lowercase();
            case "StripAccents":
                return new StripAccents();
            case "Strip":
                return new Strip(part.Flag("strip_left"), part.Flag("strip_right"));
            case "Replace":
                return new Replace(PatternReader.Read(part), part.Text("content"));
            case "Prepend":
                return new Prepend(part.Text("prepend"));
            case "ByteLevel":
                return new ByteLevelNormalizer();
            case "Precompiled":
                return Precompiled(part);
            default:
                throw part.NotSupported();
        }
    }

    // Older files do not say the type; the reference then goes by the fields.
    private static string Guess(PartReader part)
    {
        if (part.Has("clean_text"))
            return "BertNormalizer";
        if (part.Has("strip_left"))
            return "Strip";
        if (part.Has("normalizers"))
            return "Sequence";
        if (part.Has("precompiled_charsmap"))
            return "Precompiled";
        if (part.Has("pattern") && part.Has("content"))
            return "Replace";
        return part.Has("prepend") ? "Prepend" : "";
    }

    private static Precompiled Precompiled(PartReader part)
    {
        var text = part.Text("precompiled_charsmap");
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text, bytes, out var count)
            ? new Precompiled(bytes.AsSpan(0, count))
            : throw part.Error("has a 'precompiled_charsmap' that is no base64");
    }
}
