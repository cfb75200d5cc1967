namespace SeqServe.Core.Decoding.Generation;

/// <summary>
/// The processors that settings ask for, in the order of transformers (<c>GenerationMixin._get_logits_processor</c>): a later one overrules an earlier one.
/// </summary>
internal sealed class LogitsProcessors(GenerationSettings settings)
{
    private readonly ILogitsProcessor[] _processors = [.. Of(settings)];

    /// <summary>Whether scores stay as they are.</summary>
    public bool IsEmpty => _processors.Length == 0;

    /// <summary>Applies all.</summary>
    /// <param name="context">The decoder's start and the tokens of the sequence.</param>
    /// <param name="scores">Scores <c>[V]</c>.</param>
    public void Process(ReadOnlySpan<int> context, Span<float> scores)
    {
        foreach (var processor in _processors)
            processor.Process(context, scores);
    }

    private static IEnumerable<ILogitsProcessor> Of(GenerationSettings settings)
    {
        if (settings.RepetitionPenalty != 1)
            yield return new RepetitionPenalty(settings.RepetitionPenalty);
        if (settings.NoRepeatNgramSize > 0)
            yield return new NoRepeatNgram(settings.NoRepeatNgramSize);
        if (settings.BadWords.Count > 0)
            yield return new BadWords(settings.BadWords, settings.EndIds);
        if (settings.LeastLength > 0 && settings.EndIds.Count > 0)
            yield return new SuppressedTokens(settings.EndIds, 0, settings.LeastLength);
        if (settings.ForcedBegin is { } begin)
            yield return new ForcedTokens([begin], 1);
        if (settings.ForcedEnd.Count > 0)
            yield return new ForcedTokens(settings.ForcedEnd, settings.LengthLimit - 1);
        if (settings.SuppressTokens.Count > 0)
            yield return new SuppressedTokens(settings.SuppressTokens, 0, int.MaxValue);
        var free = settings.ForcedBegin is null ? 1 : 2;
        if (settings.BeginSuppressTokens.Count > 0)
            yield return new SuppressedTokens(settings.BeginSuppressTokens, free, free + 1);
    }
}
