using SeqServe.Tokenizers.PreTokenizers;

namespace SeqServe.Tokenizers.Files;

/// <summary>Reads a Split; expressions that many tokenizers share are done by hand.</summary>
internal static class SplitReader
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Gpt4Start = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|";
    private const string ThreeDigits = @"\p{N}{1,3}";
    private const string OneDigit = @"\p{N}";
    private const string Gpt4End = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Makes it.</summary>
    /// <exception cref="InvalidDataException">Its pattern is not supported.</exception>
    public static PreTokenizer Read(PartReader part, DelimiterBehavior behavior)
    {
        var find = PatternReader.Read(part);
        var invert = part.Flag("invert");
        // These expressions match every character: each match is a piece, whatever counts as the delimiter.
        var eachMatch = behavior == DelimiterBehavior.Isolated || (behavior == DelimiterBehavior.Removed && invert);
        return (eachMatch ? find.Expression : null) switch
        {
            Gpt2 => new Gpt2Words(),
            Gpt4Start + ThreeDigits + Gpt4End => new Gpt4Words(mostDigits: 3),
            Gpt4Start + OneDigit + Gpt4End => new Gpt4Words(mostDigits: 1),
            _ => new Split(find, behavior, invert),
        };
    }
}
