namespace SeqServe.Core.Decoding.Generation;

/// <summary>
/// Changes the scores of the next token by what a sequence has so far: transformers' <c>LogitsProcessor</c>. Of one search, one thread at a time.
/// </summary>
internal interface ILogitsProcessor
{
    /// <summary>Changes scores in place.</summary>
    /// <param name="context">The decoder's start and the tokens of the sequence.</param>
    /// <param name="scores">
    /// <c>[V]</c>: logits in a greedy search, log-probabilities in a beam search; negative infinity for what must not come. They need not sum to 1 behind this.
    /// </param>
    /// <exception cref="IndexOutOfRangeException">The settings name an id outside of the vocabulary where transformers bears none.</exception>
    void Process(ReadOnlySpan<int> context, Span<float> scores);
}
