namespace SeqServe.Core.Tokenization;

/// <summary>The rule by which a text is normalized before it is tokenized; the trainer applies the same one.</summary>
public enum TextNormalization
{
    /// <summary>Lone surrogates and U+FFFE become U+FFFD, nothing else changes.</summary>
    None,

    /// <summary>Unicode NFKC; control and space characters become a space; runs of spaces become one; trimmed.</summary>
    Nfkc,

    /// <summary>As <see cref="Nfkc"/>, with each code point mapped to its simple lower case.</summary>
    NfkcCasefold,
}
