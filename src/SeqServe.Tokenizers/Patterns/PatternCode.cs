namespace SeqServe.Tokenizers.Patterns;

/// <summary>What an instruction does.</summary>
internal enum PatternOperation : byte
{
    /// <summary>One code point of a set.</summary>
    Set,

    /// <summary>As many code points of a set as there are, then fewer.</summary>
    SetStar,

    /// <summary>As many code points of a set as there are.</summary>
    SetStarAll,

    /// <summary>First <c>X</c>, then <c>Y</c>.</summary>
    Split,

    /// <summary>On to <c>X</c>.</summary>
    Jump,

    /// <summary>The condition <c>X</c>.</summary>
    Assert,

    /// <summary>What stands behind the next instruction must match here; on to <c>X</c>.</summary>
    LookAhead,

    /// <summary>What stands behind the next instruction must not match here; on to <c>X</c>.</summary>
    NotAhead,

    /// <summary>What stands behind, of <c>Y</c> code points at least and <c>Z</c> at most, must end here; on to <c>X</c>.</summary>
    LookBehind,

    /// <summary>What stands behind must not end here; on to <c>X</c>.</summary>
    NotBehind,

    /// <summary>What stands behind matches in one way only; on to <c>X</c>.</summary>
    Atomic,

    /// <summary>The end, of the pattern or of a part that is matched for itself.</summary>
    Match,
}

/// <summary>An instruction.</summary>
internal readonly record struct PatternInstruction(PatternOperation Operation, CharSet? Set = null, int X = 0, int Y = 0, int Z = 0);
