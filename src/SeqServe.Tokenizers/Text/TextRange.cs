namespace SeqServe.Tokenizers.Text;

/// <summary>A part of a text, in UTF-16 units.</summary>
/// <param name="Start">The first unit.</param>
/// <param name="End">One behind the last unit.</param>
public readonly record struct TextRange(int Start, int End)
{
    /// <summary>Number of units.</summary>
    public int Length => End - Start;
}
