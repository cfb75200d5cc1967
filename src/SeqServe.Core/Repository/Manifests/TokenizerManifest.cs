using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Repository.Manifests;

/// <summary>How text becomes token ids.</summary>
public sealed record TokenizerManifest
{
    /// <summary>The one type this version of the server reads.</summary>
    public const string SentencePieceBpe = "sentencepiece-bpe";

    /// <summary>File of the vocabulary; a version's own comes before the model's.</summary>
    public required string File { get; init; }

    /// <summary>The normalization the trainer applied.</summary>
    public TextNormalization Normalization { get; init; } = TextNormalization.Nfkc;

    /// <summary>Ids put around each text.</summary>
    public SpecialTokens Special { get; init; }

    /// <summary>The id that generation begins with, or null when the manifest names none.</summary>
    public int? BeginId { get; init; }

    /// <summary>The id that ends a generated text, or null when the manifest names none.</summary>
    public int? EndId { get; init; }

    /// <summary>The id that fills the tail of shorter rows.</summary>
    public int PadId { get; init; }
}
