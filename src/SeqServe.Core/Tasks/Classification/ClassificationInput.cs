namespace SeqServe.Core.Tasks.Classification;

/// <summary>One text of a request with its row and, when asked to explain, a row per word left out.</summary>
/// <param name="Text">The text.</param>
/// <param name="Row">Its row.</param>
/// <param name="Truncated">Whether it was cut.</param>
internal sealed record ClassificationInput(string Text, ClassificationRow Row, bool Truncated)
{
    public IReadOnlyList<Range> Words { get; init; } = [];

    /// <summary>One per word; null where nothing is left without the word.</summary>
    public IReadOnlyList<ClassificationRow?> WithoutWord { get; init; } = [];
}
