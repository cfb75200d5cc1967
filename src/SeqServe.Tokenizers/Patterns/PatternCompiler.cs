namespace SeqServe.Tokenizers.Patterns;

/// <summary>Makes instructions of a parsed pattern.</summary>
internal sealed class PatternCompiler
{
    private const int MostInstructions = 20_000;
    private const int LongestLookBehind = 100;

    private readonly List<PatternInstruction> _code = [];
    private readonly string _pattern;
    private int _visited;

    private PatternCompiler(string pattern) => _pattern = pattern;

    /// <summary>Makes the instructions.</summary>
    /// <param name="pattern">The pattern, for errors.</param>
    /// <param name="node">The pattern as it was parsed.</param>
    /// <exception cref="InvalidDataException">There would be too many.</exception>
    public static PatternInstruction[] Compile(string pattern, PatternNode node)
    {
        var compiler = new PatternCompiler(pattern);
        compiler.Add(node);
        compiler.Emit(new PatternInstruction(PatternOperation.Match));
        return [.. compiler._code];
    }

    /// <summary>Least and most code points of what matches; most is -1 without bound.</summary>
    public static (int Least, int Most) LengthOf(PatternNode node)
    {
        switch (node)
        {
            case SetNode:
                return (1, 1);
            case SequenceNode sequence:
                var sum = (Least: 0, Most: 0);
                foreach (var part in sequence.Parts)
                {
                    var one = LengthOf(part);
                    sum = (Bounded(sum.Least + one.Least), sum.Most < 0 || one.Most < 0 ? -1 : Bounded(sum.Most + one.Most));
                }

                return sum;
            case ChoiceNode choice:
                var lengths = choice.Parts.Select(LengthOf).ToList();
                return (lengths.Min(l => l.Least), lengths.Any(l => l.Most < 0) ? -1 : lengths.Max(l => l.Most));
            case RepeatNode repeat:
                var each = LengthOf(repeat.Part);
                return (Bounded((long)each.Least * repeat.Least), repeat.Most < 0 || each.Most < 0 ? -1 : Bounded((long)each.Most * repeat.Most));
            case AtomicNode atomic:
                return LengthOf(atomic.Part);
            default:
                return (0, 0);
        }
    }

    private InvalidDataException TooLarge() => new($"The regular expression '{_pattern}' is too large.");

    private static int Bounded(long length) => (int)Math.Min(length, 1 << 20);

    private int Emit(PatternInstruction instruction)
    {
        if (_code.Count >= MostInstructions)
            throw TooLarge();
        _code.Add(instruction);
        return _code.Count - 1;
    }

    private void Add(PatternNode node)
    {
        // Repeated groups without content make no instructions.
        if (++_visited > MostInstructions * 4)
            throw TooLarge();
        switch (node)
        {
            case SetNode set:
                Emit(new PatternInstruction(PatternOperation.Set, set.Set));
                break;
            case SequenceNode sequence:
                foreach (var part in sequence.Parts)
                    Add(part);
                break;
            case ChoiceNode choice:
                AddChoice(choice.Parts);
                break;
            case RepeatNode repeat:
                AddRepeat(repeat, PatternOperation.SetStar);
                break;
            case AtomicNode { Part: RepeatNode { Part: SetNode, Greedy: true, Most: -1 } simple }:
                AddRepeat(simple, PatternOperation.SetStarAll);
                break;
            case AtomicNode atomic:
                AddApart(PatternOperation.Atomic, atomic.Part, default);
                break;
            case LookNode { Ahead: true } look:
                AddApart(look.Negative ? PatternOperation.NotAhead : PatternOperation.LookAhead, look.Part, default);
                break;
            case LookNode look:
                var length = LengthOf(look.Part);
                if (length.Most is < 0 or > LongestLookBehind)
                    throw new InvalidDataException($"The regular expression '{_pattern}' looks behind without bound, which is not supported.");
                AddApart(look.Negative ? PatternOperation.NotBehind : PatternOperation.LookBehind, look.Part, length);
                break;
            case AssertNode assert:
                Emit(new PatternInstruction(PatternOperation.Assert, X: (int)assert.Assertion));
                break;
        }
    }

    private void AddApart(PatternOperation operation, PatternNode part, (int Least, int Most) length)
    {
        var at = Emit(default);
        Add(part);
        var end = Emit(new PatternInstruction(PatternOperation.Match));
        _code[at] = new PatternInstruction(operation, X: end + 1, Y: length.Least, Z: length.Most);
    }

    private void AddChoice(IReadOnlyList<PatternNode> parts)
    {
        var jumps = new List<int>();
        for (var i = 0; i < parts.Count; i++)
        {
            if (i == parts.Count - 1)
            {
                Add(parts[i]);
                break;
            }

            var split = Emit(default);
            Add(parts[i]);
            jumps.Add(Emit(default));
            _code[split] = new PatternInstruction(PatternOperation.Split, X: split + 1, Y: _code.Count);
        }

        foreach (var jump in jumps)
            _code[jump] = new PatternInstruction(PatternOperation.Jump, X: _code.Count);
    }

    private void AddRepeat(RepeatNode repeat, PatternOperation star)
    {
        for (var i = 0; i < repeat.Least; i++)
            Add(repeat.Part);
        if (repeat.Most < 0)
        {
            if (repeat is { Part: SetNode set, Greedy: true })
            {
                Emit(new PatternInstruction(star, set.Set));
                return;
            }

            var split = Emit(default);
            Add(repeat.Part);
            Emit(new PatternInstruction(PatternOperation.Jump, X: split));
            _code[split] = Split(split + 1, _code.Count, repeat.Greedy);
            return;
        }

        var splits = new List<int>();
        for (var i = repeat.Least; i < repeat.Most; i++)
        {
            splits.Add(Emit(default));
            Add(repeat.Part);
        }

        foreach (var split in splits)
            _code[split] = Split(split + 1, _code.Count, repeat.Greedy);
    }

    private static PatternInstruction Split(int into, int past, bool greedy) =>
        greedy ? new PatternInstruction(PatternOperation.Split, X: into, Y: past) : new PatternInstruction(PatternOperation.Split, X: past, Y: into);
}
