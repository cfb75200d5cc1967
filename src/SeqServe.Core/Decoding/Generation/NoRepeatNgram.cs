namespace SeqServe.Core.Decoding.Generation;

/// <summary>Forbids every token that would end a sequence of some tokens which the context has already.</summary>
/// <param name="size">Number of tokens of such a sequence; with 1 no token comes twice.</param>
internal sealed class NoRepeatNgram(int size) : ILogitsProcessor
{
    /// <inheritdoc/>
    public void Process(ReadOnlySpan<int> context, Span<float> scores)
    {
        if (context.Length < size)
            return;
        var last = context[^(size - 1)..];
        for (var i = 0; i <= context.Length - size; i++)
        {
            if (context.Slice(i, size - 1).SequenceEqual(last))
                scores[context[i + size - 1]] = float.NegativeInfinity;
        }
    }
}
