namespace SeqServe.Core.Decoding.Generation;

/// <summary>Forbids some tokens at some lengths: end ids before the least length, others at the begin or always.</summary>
/// <param name="ids">What is forbidden; ids outside of the vocabulary say nothing.</param>
/// <param name="from">Length of the context, the decoder's start counted, from which on they are.</param>
/// <param name="to">Length from which on they are allowed again.</param>
internal sealed class SuppressedTokens(IReadOnlyList<int> ids, int from, int to) : ILogitsProcessor
{
    private readonly int[] _ids = [.. ids];

    /// <inheritdoc/>
    public void Process(ReadOnlySpan<int> context, Span<float> scores)
    {
        if (context.Length < from || context.Length >= to)
            return;
        foreach (var id in _ids)
        {
            if ((uint)id < (uint)scores.Length)
                scores[id] = float.NegativeInfinity;
        }
    }
}
