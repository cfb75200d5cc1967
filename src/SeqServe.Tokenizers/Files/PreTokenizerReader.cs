using System.Text.Json;
using SeqServe.Tokenizers.PreTokenizers;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Files;

/// <summary>Reads the <c>pre_tokenizer</c> of a tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    /// <summary>Makes the pre-tokenizer.</summary>
    /// <exception cref="InvalidDataException">It lacks something, or is not supported; the message names it.</exception>
    public static PreTokenizer Read(JsonElement json)
    {
        var part = new PartReader("pre-tokenizer", json);
        switch (part.Type)
        {
            case "Sequence":
                return new PreTokenizerSequence([.. part.List("pretokenizers").EnumerateArray().Select(Read)]);
            case "BertPreTokenizer":
                return new BertPreTokenizer();
            case "ByteLevel":
                // Whether offsets are trimmed is the post-processor's business.
                part.Flag("trim_offsets");
                return new ByteLevel(part.Flag("add_prefix_space"), part.Flag("use_regex", true));
            case "CharDelimiterSplit":
                return new CharDelimiterSplit(part.Character("delimiter"));
            case "Digits":
                return new CharacterSplit(CharFlags.Numeric, part.Flag("individual_digits") ? DelimiterBehavior.Isolated : DelimiterBehavior.Contiguous);
            case "FixedLength":
                var length = part.Has("length") ? part.Number("length") : 5;
                return length > 0 ? new FixedLength(length) : throw part.Error("has a 'length' of 0");
            case "Metaspace":
                return new Metaspace(part.Character("replacement"), Scheme(part), part.Flag("split", true));
            case "Punctuation":
                return new CharacterSplit(CharFlags.Punctuation, part.Has("behavior") ? Behavior(part) : DelimiterBehavior.Isolated);
            case "Split":
                return SplitReader.Read(part, Behavior(part));
            case "UnicodeScripts":
                return new UnicodeScripts();
            case "Whitespace":
                return new Whitespace();
            case "WhitespaceSplit":
                return new CharacterSplit(CharFlags.Whitespace, DelimiterBehavior.Removed);
            default:
                throw part.NotSupported();
        }
    }

    /// <summary>The scheme of a Metaspace, also where an older file says it by <c>add_prefix_space</c> alone.</summary>
    public static PrependScheme Scheme(PartReader part)
    {
        var prefix = part.Flag("add_prefix_space", true);
        if (!part.Has("prepend_scheme"))
            return prefix ? PrependScheme.Always : PrependScheme.Never;
        var scheme = part.Choice("prepend_scheme", ("always", PrependScheme.Always), ("first", PrependScheme.First), ("never", PrependScheme.Never));
        return prefix || scheme == PrependScheme.Never ? scheme : throw part.Error("has an 'add_prefix_space' that contradicts its 'prepend_scheme'");
    }

    private static DelimiterBehavior Behavior(PartReader part) => part.Choice("behavior", ("Removed", DelimiterBehavior.Removed),
        ("Isolated", DelimiterBehavior.Isolated), ("MergedWithPrevious", DelimiterBehavior.MergedWithPrevious),
        ("MergedWithNext", DelimiterBehavior.MergedWithNext), ("Contiguous", DelimiterBehavior.Contiguous));
}
