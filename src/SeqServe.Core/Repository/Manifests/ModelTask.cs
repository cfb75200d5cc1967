namespace SeqServe.Core.Repository.Manifests;

/// <summary>The tasks as manifests, metrics and answers spell them.</summary>
public static class ModelTask
{
    /// <summary>One label for a text.</summary>
    public const string Classification = "classification";

    /// <summary>A text in another language.</summary>
    public const string Translation = "translation";

    /// <summary>The next token of a text.</summary>
    public const string LanguageModel = "language-model";

    /// <summary>Tensors in, tensors out.</summary>
    public const string Tensor = "tensor";

    /// <summary>Every task.</summary>
    public static IReadOnlyList<string> Names { get; } = [Classification, Translation, LanguageModel, Tensor];
}
