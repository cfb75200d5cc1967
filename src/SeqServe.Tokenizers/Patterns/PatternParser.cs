using System.Globalization;

namespace SeqServe.Tokenizers.Patterns;

/// <summary>Reads a regular expression in Oniguruma's syntax, as far as it says which texts match: no references to what a group matched.</summary>
internal sealed partial class PatternParser
{
    private const int DeepestNesting = 100;
    private const int MostRepeats = 1000;
    private const int LongestPattern = 10_000;

    private readonly string _pattern;
    private int _at;
    private int _depth;
    private bool _ignoreCase;
    private bool _dotAll;
    private bool _extended;

    private PatternParser(string pattern) => _pattern = pattern;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="InvalidDataException">It is no pattern, or uses what is not supported.</exception>
    public static PatternNode Parse(string pattern)
    {
        if (pattern.Length > LongestPattern)
            throw new InvalidDataException($"A regular expression is longer than {LongestPattern} characters.");
        var parser = new PatternParser(pattern);
        var node = parser.Choice();
        return parser._at == pattern.Length ? node : throw parser.Error("has a ')' too many");
    }

    private bool More => _at < _pattern.Length;

    private InvalidDataException Error(string what) => new($"The regular expression '{_pattern}' {what} (at {_at}).");

    private PatternNode Choice()
    {
        if (++_depth > DeepestNesting)
            throw Error("is nested too deeply");
        var (ignoreCase, dotAll, extended) = (_ignoreCase, _dotAll, _extended);
        var parts = new List<PatternNode> { Sequence() };
        while (More && _pattern[_at] == '|')
        {
            _at++;
            parts.Add(Sequence());
        }

        (_ignoreCase, _dotAll, _extended) = (ignoreCase, dotAll, extended);
        _depth--;
        return parts.Count == 1 ? parts[0] : new ChoiceNode(parts);
    }

    private SequenceNode Sequence()
    {
        var parts = new List<PatternNode>();
        while (More && _pattern[_at] is not ('|' or ')'))
        {
            if (_extended && (char.IsWhiteSpace(_pattern[_at]) || _pattern[_at] == '#'))
            {
                if (_pattern[_at] == '#')
                    _at = _pattern.IndexOf('\n', _at) is >= 0 and var end ? end : _pattern.Length;
                else
                    _at++;
                continue;
            }

            if (Atom(out var isolated) is { } part)
                parts.Add(Repeats(part));
            else if (isolated)
                parts.Add(Choice());
        }

        return new SequenceNode(parts);
    }

    // Null for what stands for nothing; isolated where options change up to the group's end: the rest of the group is then a choice of its own.
    private PatternNode? Atom(out bool isolated)
    {
        isolated = false;
        switch (_pattern[_at++])
        {
            case '(':
                return Group(out isolated);
            case '[':
                var set = Class();
                return new SetNode(_ignoreCase ? set.IgnoreCase() : set);
            case '.':
                return new SetNode(_dotAll ? CharSet.All : CharSet.NotLineFeed);
            case '^':
                return new AssertNode(PatternAssertion.LineStart);
            case '$':
                return new AssertNode(PatternAssertion.LineEnd);
            case '\\':
                return Escape();
            case '*' or '+' or '?':
                throw Error("repeats nothing");
            default:
                _at--;
                return Literal(CodePoint());
        }
    }

    private SetNode Literal(int codePoint) => new(_ignoreCase ? CharSet.Of(codePoint).IgnoreCase() : CharSet.Of(codePoint));

    private int CodePoint()
    {
        var pair = char.IsHighSurrogate(_pattern[_at]) && _at + 1 < _pattern.Length && char.IsLowSurrogate(_pattern[_at + 1]);
        _at += pair ? 2 : 1;
        return pair ? char.ConvertToUtf32(_pattern[_at - 2], _pattern[_at - 1]) : _pattern[_at - 1];
    }

    private PatternNode? Group(out bool isolated)
    {
        isolated = false;
        if (!More || _pattern[_at] != '?')
            return Close(Choice());
        _at++;
        if (Take("#"))
        {
            var end = _pattern.IndexOf(')', _at);
            _at = end < 0 ? throw Error("has a comment without an end") : end + 1;
            return null;
        }

        if (Take(":"))
            return Close(Choice());
        if (Take("="))
            return new LookNode(Close(Choice()), Ahead: true, Negative: false);
        if (Take("!"))
            return new LookNode(Close(Choice()), Ahead: true, Negative: true);
        if (Take("<="))
            return new LookNode(Close(Choice()), Ahead: false, Negative: false);
        if (Take("<!"))
            return new LookNode(Close(Choice()), Ahead: false, Negative: true);
        if (Take(">"))
            return new AtomicNode(Close(Choice()));
        if (Take("<"))
        {
            var end = _pattern.IndexOf('>', _at);
            _at = end < 0 ? throw Error("has a name without an end") : end + 1;
            return Close(Choice());
        }

        return Options(out isolated);
    }

    private PatternNode? Options(out bool isolated)
    {
        var (ignoreCase, dotAll, extended) = (_ignoreCase, _dotAll, _extended);
        var on = true;
        for (; More; _at++)
        {
            switch (_pattern[_at])
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    _ignoreCase = on;
                    break;
                case 'm':
                    _dotAll = on;
                    break;
                case 'x':
                    _extended = on;
                    break;
                case ')':
                    _at++;
                    isolated = true;
                    return null;
                case ':':
                    _at++;
                    isolated = false;
                    var part = Close(Choice());
                    (_ignoreCase, _dotAll, _extended) = (ignoreCase, dotAll, extended);
                    return part;
                default:
                    throw Error("has a kind of group that is not supported");
            }
        }

        throw Error("has a group without an end");
    }

    private PatternNode Close(PatternNode part) => Take(")") ? part : throw Error("has a group without an end");

    private bool Take(string text)
    {
        if (string.CompareOrdinal(_pattern, _at, text, 0, text.Length) != 0)
            return false;
        _at += text.Length;
        return true;
    }

    private PatternNode Repeats(PatternNode part)
    {
        while (More)
        {
            int least, most;
            var interval = false;
            switch (_pattern[_at])
            {
                case '*':
                    (least, most) = (0, -1);
                    break;
                case '+':
                    (least, most) = (1, -1);
                    break;
                case '?':
                    (least, most) = (0, 1);
                    break;
                case '{' when Interval(out least, out most, out var end):
                    interval = true;
                    _at = end - 1;
                    break;
                default:
                    return part;
            }

            _at++;
            if (Take("?"))
                part = new RepeatNode(part, least, most, Greedy: false);
            else if (!interval && Take("+"))
                part = new AtomicNode(new RepeatNode(part, least, most, Greedy: true));
            else
                part = new RepeatNode(part, least, most, Greedy: true);
        }

        return part;
    }

    private bool Interval(out int least, out int most, out int end)
    {
        (least, most) = (0, 0);
        end = _pattern.IndexOf('}', _at) + 1;
        if (end == 0)
            return false;
        var bounds = _pattern[(_at + 1)..(end - 1)].Split(',');
        if (bounds.Length > 2 || (bounds[0].Length == 0 && (bounds.Length == 1 || bounds[1].Length == 0)))
            return false;
        if (!Bound(bounds[0], 0, out least) || !Bound(bounds[^1], -1, out most))
            return false;
        if (least > MostRepeats || most > MostRepeats)
            throw Error($"repeats a part more than {MostRepeats} times");
        if (most >= 0 && most < least)
            (least, most) = (most, least);
        return true;
    }

    private static bool Bound(string text, int missing, out int value)
    {
        value = missing;
        return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
