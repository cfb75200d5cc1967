using System.Globalization;

namespace SeqServe.Tokenizers.Patterns;

/// <content>Escapes and classes.</content>
internal sealed partial class PatternParser
{
    private PatternNode Escape()
    {
        if (!More)
            throw Error("ends in a backslash");
        switch (_pattern[_at])
        {
            case 'A':
                return Assertion(PatternAssertion.TextStart);
            case 'z':
                return Assertion(PatternAssertion.TextEnd);
            case 'Z':
                return Assertion(PatternAssertion.TextEndOrLastLineFeed);
            case 'b':
                return Assertion(PatternAssertion.WordBoundary);
            case 'B':
                return Assertion(PatternAssertion.NoWordBoundary);
            case 'R':
                _at++;
                return new AtomicNode(new ChoiceNode([
                    new SequenceNode([new SetNode(CharSet.Of('\r')), new SetNode(CharSet.Of('\n'))]),
                    new SetNode(CharSet.Of(('\n', '\r' + 1), (0x85, 0x86), (0x2028, 0x202A))),
                ]));
            case (>= '1' and <= '9') or 'k' or 'g' or 'X' or 'G' or 'K' or 'y' or 'Y' or 'N' or 'O' or 'c' or 'C' or 'M':
                throw Error($"uses '\\{_pattern[_at]}', which is not supported");
        }

        if (NamedClass(inClass: false) is { } set)
            return new SetNode(_ignoreCase ? set.IgnoreCase() : set);
        return Literal(EscapedCodePoint());
    }

    private InvalidDataException UnknownClass(string name) => Error($"uses the class '{name}', which is not known");

    private AssertNode Assertion(PatternAssertion assertion)
    {
        _at++;
        return new AssertNode(assertion);
    }

    // A class behind a backslash; null where it is a character.
    private CharSet? NamedClass(bool inClass)
    {
        var name = _pattern[_at];
        var set = char.ToLowerInvariant(name) switch
        {
            'd' => PatternClass.Digit,
            's' => PatternClass.Space,
            'w' => inClass ? PatternClass.WordInClass : PatternClass.Word,
            'h' => PatternClass.HexDigit,
            'p' => Property(inClass),
            _ => null,
        };
        if (set is null)
            return null;
        _at++;
        return char.IsUpper(name) ? set.Invert() : set;
    }

    // Ends on the closing brace.
    private CharSet? Property(bool inClass)
    {
        if (_at + 1 >= _pattern.Length || _pattern[_at + 1] != '{')
            return null;
        var end = _pattern.IndexOf('}', _at);
        if (end < 0)
            throw Error("has a class without an end");
        var name = _pattern[(_at + 2)..end];
        var inverted = name.StartsWith('^');
        var set = PatternClass.Find(inverted ? name[1..] : name, inClass, inColons: false) ?? throw UnknownClass(name);
        _at = end;
        return inverted ? set.Invert() : set;
    }

    private int EscapedCodePoint()
    {
        var c = _pattern[_at];
        switch (c)
        {
            case 't':
                _at++;
                return '\t';
            case 'n':
                _at++;
                return '\n';
            case 'r':
                _at++;
                return '\r';
            case 'f':
                _at++;
                return '\f';
            case 'v':
                _at++;
                return '\v';
            case 'a':
                _at++;
                return '\a';
            case 'e':
                _at++;
                return 0x1B;
            case '0':
                return Digits(8, 3);
            case 'u':
                _at++;
                return Digits(16, 4, exact: true);
            case 'x' when _at + 1 < _pattern.Length && _pattern[_at + 1] == '{':
                _at += 2;
                var value = Digits(16, 8);
                return Take("}") && value < 0x110000 ? value : throw Error("has a code point without an end");
            case 'x':
                _at++;
                // Beyond ASCII a byte of UTF-8 would be meant.
                return Digits(16, 2) is < 128 and var one ? one : throw Error("names a byte that is no character");
            default:
                return CodePoint();
        }
    }

    private int Digits(int radix, int most, bool exact = false)
    {
        var value = 0;
        var count = 0;
        for (; count < most && More && char.IsAsciiHexDigit(_pattern[_at]); count++)
        {
            var digit = int.Parse(_pattern.AsSpan(_at, 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (digit >= radix)
                break;
            value = (value * radix) + digit;
            if (value > 0x10FFFF)
                throw Error("names a code point that is none");
            _at++;
        }

        return exact && count < most ? throw Error("has a code point that is cut off") : value;
    }

    // Behind the opening bracket.
    private CharSet Class()
    {
        if (++_depth > DeepestNesting)
            throw Error("is nested too deeply");
        var inverted = Take("^");
        var operands = new List<CharSet>();
        var members = new List<CharSet>();
        for (var first = true; ; first = false)
        {
            if (!More)
                throw Error("has a class without an end");
            if (!first && Take("]"))
                break;
            if (Take("&&"))
            {
                operands.Add(CharSet.Union(members));
                members.Clear();
                continue;
            }

            members.Add(Member());
        }

        _depth--;
        operands.Add(CharSet.Union(members));
        var set = operands[0];
        foreach (var other in operands.Skip(1))
            set = set.Intersect(other);
        return inverted ? (_ignoreCase ? set.IgnoreCase() : set).Invert() : set;
    }

    private CharSet Member()
    {
        if (Take("[:"))
        {
            var end = _pattern.IndexOf(":]", _at, StringComparison.Ordinal);
            if (end >= 0)
            {
                var name = _pattern[_at..end];
                var inverted = name.StartsWith('^');
                var set = PatternClass.Find(inverted ? name[1..] : name, inClass: true, inColons: true) ?? throw UnknownClass(name);
                _at = end + 2;
                return inverted ? set.Invert() : set;
            }

            _at -= 2;
        }

        if (Take("["))
            return Class();
        if (!ClassCharacter(out var start, out var named))
            return named!;
        // A hyphen before the end is itself.
        if (_at + 1 >= _pattern.Length || _pattern[_at] != '-' || _pattern[_at + 1] == ']')
            return CharSet.Of(start);
        var hyphen = _at++;
        if (_pattern[_at] == '[' || !ClassCharacter(out var last, out _))
        {
            _at = hyphen;
            return CharSet.Of(start);
        }

        return last >= start ? CharSet.Of((start, last + 1)) : throw Error("has a range that goes backwards");
    }

    private bool ClassCharacter(out int codePoint, out CharSet? named)
    {
        named = null;
        if (!Take("\\"))
        {
            codePoint = CodePoint();
            return true;
        }

        if (!More)
            throw Error("ends in a backslash");
        codePoint = 0;
        if (_pattern[_at] == 'b')
        {
            _at++;
            codePoint = '\b';
            return true;
        }

        named = NamedClass(inClass: true);
        if (named is not null)
            return false;
        codePoint = EscapedCodePoint();
        return true;
    }
}
