namespace SeqServe.Core.Repository.Manifests;

/// <summary>What a model is asked to do.</summary>
public enum ModelTask
{
    /// <summary>One label for a text.</summary>
    Classification,

    /// <summary>A text in another language.</summary>
    Translation,

    /// <summary>The next token of a text.</summary>
    LanguageModel,

    /// <summary>Tensors in, tensors out.</summary>
    Tensor,
}
