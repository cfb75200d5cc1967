namespace SeqServe.Tokenizers.Patterns;

/// <summary>A part of a parsed pattern.</summary>
internal abstract record PatternNode;

/// <summary>One code point of a set.</summary>
internal sealed record SetNode(CharSet Set) : PatternNode;

/// <summary>Parts in a row; none: the empty text.</summary>
internal sealed record SequenceNode(IReadOnlyList<PatternNode> Parts) : PatternNode;

/// <summary>One of several, the first that leads to a match.</summary>
internal sealed record ChoiceNode(IReadOnlyList<PatternNode> Parts) : PatternNode;

/// <summary>A part again and again.</summary>
/// <param name="Part">The part.</param>
/// <param name="Least">How often at least.</param>
/// <param name="Most">How often at most; -1 without bound.</param>
/// <param name="Greedy">Whether as often as possible.</param>
internal sealed record RepeatNode(PatternNode Part, int Least, int Most, bool Greedy) : PatternNode;

/// <summary>A part whose first way to match is the only one.</summary>
internal sealed record AtomicNode(PatternNode Part) : PatternNode;

/// <summary>What must stand, or not stand, before or behind a place.</summary>
internal sealed record LookNode(PatternNode Part, bool Ahead, bool Negative) : PatternNode;

/// <summary>A condition on a place.</summary>
internal sealed record AssertNode(PatternAssertion Assertion) : PatternNode;

/// <summary>Conditions on a place.</summary>
internal enum PatternAssertion
{
    TextStart,
    TextEnd,
    TextEndOrLastLineFeed,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}
