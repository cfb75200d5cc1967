namespace SeqServe.Core.Tokenization;

/// <summary>How text becomes token ids.</summary>
public sealed record TokenizerManifest
{
    /// <summary>The kind of tokenizer, <c>tokenizer.type</c>: which reader takes <see cref="File"/>.</summary>
    public required string Type { get; init; }

    /// <summary>File of the vocabulary; a version's own comes before the model's.</summary>
    public required string File { get; init; }

    /// <summary>The normalization the trainer applied.</summary>
    public TextNormalization Normalization { get; init; } = TextNormalization.Nfkc;

    /// <summary>Ids put around each text.</summary>
    public SpecialTokens Special { get; init; }

    /// <summary>The id that generation begins with, or null when the manifest names none.</summary>
    public int? BeginId { get; init; }

    /// <summary>The ids that end a generated text; none when the manifest names none.</summary>
    public IReadOnlyList<int> EndIds { get; init; } = [];

    /// <summary>The first of <see cref="EndIds"/>, or null.</summary>
    public int? EndId => EndIds is [var first, ..] ? first : null;

    /// <summary>Whether its files say which ids are put around a text.</summary>
    public bool DescribesItself { get; init; }

    /// <summary>The id that fills the tail of shorter rows.</summary>
    public int PadId { get; init; }
}

/// <summary>The ids put around a text by code, never by text.</summary>
/// <param name="BeginId">Put in front, or null.</param>
/// <param name="EndId">Put at the end, also after truncation, or null.</param>
public readonly record struct SpecialTokens(int? BeginId, int? EndId)
{
    /// <summary>How many ids they take of a limit.</summary>
    public int Count => (BeginId is null ? 0 : 1) + (EndId is null ? 0 : 1);
}
