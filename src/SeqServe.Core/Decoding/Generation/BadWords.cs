namespace SeqServe.Core.Decoding.Generation;

/// <summary>Forbids the last token of a sequence whose other tokens are the last of the context.</summary>
internal sealed class BadWords : ILogitsProcessor
{
    private readonly int[] _tokens;
    private readonly int[][] _sequences;

    /// <param name="words">Sequences of at least one id each.</param>
    /// <param name="endIds">Ids that stay allowed although they are named alone.</param>
    /// <exception cref="ArgumentException">A sequence is empty.</exception>
    public BadWords(IReadOnlyList<int[]> words, IReadOnlyList<int> endIds)
    {
        if (words.Any(word => word.Length == 0))
            throw new ArgumentException("A bad word has no token.", nameof(words));
        _tokens = [.. words.Where(word => word.Length == 1).Select(word => word[0]).Except(endIds)];
        _sequences = [.. words.Where(word => word.Length > 1)];
    }

    /// <inheritdoc/>
    public void Process(ReadOnlySpan<int> context, Span<float> scores)
    {
        foreach (var token in _tokens)
            scores[token] = float.NegativeInfinity;
        foreach (var sequence in _sequences)
        {
            // A context of all but the last token, and nothing before them, is not looked at: so does transformers.
            if (sequence.Length <= context.Length && context.EndsWith(sequence.AsSpan(0, sequence.Length - 1)))
                scores[sequence[^1]] = float.NegativeInfinity;
        }
    }
}
