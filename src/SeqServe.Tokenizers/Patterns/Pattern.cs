namespace SeqServe.Tokenizers.Patterns;

/// <summary>
/// A regular expression as the reference's Oniguruma matches it: over code points, the first way of several, with the reference's Unicode tables. .NET's own
/// would see UTF-16 units and other tables, and has no bound on the time that holds for all patterns. Safe for concurrent use.
/// </summary>
internal sealed class Pattern
{
    private readonly PatternInstruction[] _code;
    private readonly CharSet? _first;

    /// <summary>Makes a pattern.</summary>
    /// <param name="text">A regular expression in Oniguruma's syntax.</param>
    /// <exception cref="InvalidDataException">It is none, uses what is not supported, or is too large.</exception>
    public Pattern(string text)
    {
        Text = text;
        var node = PatternParser.Parse(text);
        _code = PatternCompiler.Compile(text, node);
        Prefix = PrefixOf(node) is { Length: > 0 } prefix ? prefix : null;
        _first = PatternCompiler.LengthOf(node).Least > 0 ? FirstOf(node) : null;
    }

    /// <summary>The expression.</summary>
    public string Text { get; }

    /// <summary>Instructions, for the matcher.</summary>
    public ReadOnlySpan<PatternInstruction> Code => _code;

    /// <summary>The text that every match begins with; null where there is none.</summary>
    public string? Prefix { get; }

    /// <summary>The characters one of which every match begins with; null where that is not known.</summary>
    public CharSet? First => _first;

    private static string PrefixOf(PatternNode node) => node switch
    {
        SetNode { Set.Single: >= 0 and var c } => char.ConvertFromUtf32(c),
        AtomicNode atomic => PrefixOf(atomic.Part),
        RepeatNode { Least: > 0, Part: SetNode { Set.Single: >= 0 and var c } } repeat =>
            string.Concat(Enumerable.Repeat(char.ConvertFromUtf32(c), repeat.Least)),
        SequenceNode { Parts: [var first, ..] } => PrefixOf(first),
        _ => "",
    };

    private static CharSet? FirstOf(PatternNode node)
    {
        switch (node)
        {
            case SetNode set:
                return set.Set;
            case AtomicNode atomic:
                return FirstOf(atomic.Part);
            case RepeatNode { Least: > 0 } repeat:
                return FirstOf(repeat.Part);
            case ChoiceNode choice:
                var sets = choice.Parts.Select(FirstOf).ToList();
                return sets.Contains(null) ? null : CharSet.Union(sets!);
            case SequenceNode sequence:
                var before = new List<CharSet>();
                foreach (var part in sequence.Parts)
                {
                    if (part is LookNode or AssertNode)
                        continue;
                    var optional = PatternCompiler.LengthOf(part).Least == 0;
                    if (FirstOf(part is RepeatNode { Least: 0, Most: not 0 } repeat ? repeat.Part : part) is not { } set)
                        return null;
                    before.Add(set);
                    if (!optional)
                        return CharSet.Union(before);
                }

                return null;
            default:
                return null;
        }
    }
}
