namespace SeqServe.Core.Decoding.Generation;

/// <summary>Allows only some tokens at one length, and gives them the log-probability 0.</summary>
/// <param name="ids">What alone may come.</param>
/// <param name="length">Length of the context, the decoder's start counted.</param>
internal sealed class ForcedTokens(IReadOnlyList<int> ids, int length) : ILogitsProcessor
{
    private readonly int[] _ids = [.. ids];

    /// <inheritdoc/>
    public void Process(ReadOnlySpan<int> context, Span<float> scores)
    {
        if (context.Length != length)
            return;
        scores.Fill(float.NegativeInfinity);
        foreach (var id in _ids)
            scores[id] = 0;
    }
}
