using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Patterns;

/// <summary>
/// Finds a pattern's matches in a text, one after the other. A backtracking search: once it has taken long, it remembers the places from which no way leads
/// on, so that time grows with length times size of the pattern.
/// </summary>
internal ref struct PatternMatcher
{
    private const int QuickStepsPerUnit = 32;
    private const int StepsPerUnit = 5_000;
    private const int FreeSteps = 1 << 16;

    private readonly Pattern _pattern;
    private readonly ReadOnlySpan<PatternInstruction> _code;
    private readonly ReadOnlySpan<char> _text;
    private readonly PatternScratch _scratch;
    private readonly long _quickSteps;
    private readonly long _mostSteps;
    private long _steps;
    private bool _remembers;
    private int _next;
    private int _lastEnd;

    /// <summary>Starts on a text.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="text">The text, without lone surrogates.</param>
    /// <param name="scratch">Room that is used again.</param>
    public PatternMatcher(Pattern pattern, ReadOnlySpan<char> text, PatternScratch scratch)
    {
        _pattern = pattern;
        _code = pattern.Code;
        _text = text;
        _scratch = scratch;
        _quickSteps = FreeSteps + ((long)text.Length * QuickStepsPerUnit);
        _mostSteps = _quickSteps + ((long)text.Length * StepsPerUnit) + (1 << 22);
        _lastEnd = -1;
    }

    /// <summary>The next match.</summary>
    /// <exception cref="InvalidDataException">The pattern takes too long on this text.</exception>
    public bool Next(out int start, out int end)
    {
        while (_next <= _text.Length)
        {
            if (!Find(_next, out start, out end))
                break;
            if (start == end && end == _lastEnd)
            {
                // An empty match right behind the last one does not count.
                _next += _next < _text.Length && char.IsHighSurrogate(_text[_next]) ? 2 : 1;
                continue;
            }

            _next = _lastEnd = end;
            return true;
        }

        _next = _text.Length + 1;
        start = end = 0;
        return false;
    }

    private bool Find(int from, out int start, out int end)
    {
        var first = _pattern.First;
        for (start = from; start <= _text.Length;)
        {
            if (_pattern.Prefix is { } prefix)
            {
                var next = _text[start..].IndexOf(prefix, StringComparison.Ordinal);
                if (next < 0)
                    break;
                start += next;
            }

            var length = 1;
            if (start < _text.Length)
            {
                var c = Surrogates.Read(_text, start, out length);
                if (first is not null && !first.Contains(c))
                {
                    start += length;
                    continue;
                }
            }
            else if (first is not null)
            {
                break;
            }

            end = Run(0, start, -1, outer: true);
            if (end >= 0)
            {
                // What was remembered says nothing about the ways that led to the match.
                _scratch.Forget();
                return true;
            }

            start += length;
        }

        start = end = -1;
        return false;
    }

    // Matches from an instruction on; the end of the match, or -1. Where mustEnd is not negative, only a match that ends there counts.
    // Parts that are matched for themselves remember nothing: what fails in one of them may be on the way of another.
    private int Run(int pc, int at, int mustEnd, bool outer)
    {
        var remember = outer && _remembers;
        var stack = _scratch;
        var bottom = stack.Count;
        while (true)
        {
            if (++_steps > _quickSteps)
                remember = SlowDown(outer);
            var instruction = _code[pc];
            var failed = false;
            switch (instruction.Operation)
            {
                case PatternOperation.Set:
                    if (at < _text.Length && instruction.Set!.Contains(Surrogates.Read(_text, at, out var length)))
                    {
                        at += length;
                        pc++;
                    }
                    else
                    {
                        failed = true;
                    }

                    break;
                case PatternOperation.SetStarAll:
                    at = SkipSet(instruction.Set!, at);
                    pc++;
                    break;
                case PatternOperation.SetStar:
                    if (remember && !_scratch.Visit(pc, at))
                    {
                        failed = true;
                    }
                    else if (remember)
                    {
                        stack.Push(pc + 1, at, at);
                        if (at < _text.Length && instruction.Set!.Contains(Surrogates.Read(_text, at, out length)))
                            at += length;
                        else
                            failed = true;
                    }
                    else
                    {
                        var until = SkipSet(instruction.Set!, at);
                        if (until > at)
                            stack.Push(pc + 1, at, until);
                        at = until;
                        pc++;
                    }

                    break;
                case PatternOperation.Split:
                    if (remember && !_scratch.Visit(pc, at))
                    {
                        failed = true;
                        break;
                    }

                    stack.Push(instruction.Y, at, at);
                    pc = instruction.X;
                    break;
                case PatternOperation.Jump:
                    pc = instruction.X;
                    break;
                case PatternOperation.Assert:
                    failed = !PatternAssertions.Hold((PatternAssertion)instruction.X, _text, at);
                    pc++;
                    break;
                case PatternOperation.Match:
                    if (mustEnd >= 0 && at != mustEnd)
                    {
                        failed = true;
                        break;
                    }

                    stack.Count = bottom;
                    return at;
                default:
                    failed = !Apart(instruction, pc, ref at);
                    pc = instruction.X;
                    break;
            }

            if (failed && !stack.Pop(bottom, _text, out pc, out at))
                return -1;
        }
    }

    private bool Apart(PatternInstruction instruction, int pc, ref int at)
    {
        switch (instruction.Operation)
        {
            case PatternOperation.Atomic:
                var end = Run(pc + 1, at, -1, outer: false);
                at = Math.Max(at, end);
                return end >= 0;
            case PatternOperation.LookAhead:
                return Run(pc + 1, at, -1, outer: false) >= 0;
            case PatternOperation.NotAhead:
                return Run(pc + 1, at, -1, outer: false) < 0;
            default:
                return EndsHere(instruction, pc + 1, at) == (instruction.Operation == PatternOperation.LookBehind);
        }
    }

    private bool EndsHere(PatternInstruction instruction, int pc, int at)
    {
        var start = at;
        for (var count = 0; count <= instruction.Z; count++)
        {
            if (count >= instruction.Y && Run(pc, start, at, outer: false) >= 0)
                return true;
            if (start == 0)
                break;
            Surrogates.ReadBefore(_text, start, out var length);
            start -= length;
        }

        return false;
    }

    private readonly int SkipSet(CharSet set, int at)
    {
        while (at < _text.Length && set.Contains(Surrogates.Read(_text, at, out var length)))
            at += length;
        return at;
    }

    private bool SlowDown(bool outer)
    {
        if (_steps > _mostSteps)
            throw new InvalidDataException($"The regular expression '{_pattern.Text}' takes too long on this text.");
        if (!_remembers && outer)
        {
            _scratch.Remember(_code.Length, _text.Length);
            _remembers = true;
        }

        return outer && _remembers;
    }
}
