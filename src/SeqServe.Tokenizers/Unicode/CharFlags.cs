namespace SeqServe.Tokenizers.Unicode;

/// <summary>What the reference's libraries say of a code point, each after its own Unicode version.</summary>
[Flags]
internal enum CharFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Rust's <c>char::is_whitespace</c>; the regular expressions' <c>\s</c> is the same.</summary>
    Whitespace = 1 << 0,

    /// <summary>The <c>\w</c> of Rust's regular expressions.</summary>
    Word = 1 << 1,

    /// <summary>Punctuation: ASCII's 32, and the categories P.</summary>
    Punctuation = 1 << 2,

    /// <summary>Rust's <c>char::is_numeric</c>.</summary>
    Numeric = 1 << 3,

    /// <summary>What BERT's cleaning removes.</summary>
    BertRemoved = 1 << 4,

    /// <summary>Category Mn, as BERT's normalizer sees it.</summary>
    MarkNonspacing = 1 << 5,

    /// <summary>Categories M, as StripAccents sees them.</summary>
    CombiningMark = 1 << 6,

    /// <summary>Belongs to the grapheme cluster before it.</summary>
    GraphemeJoin = 1 << 7,

    /// <summary>Joined to a pictograph by U+200D.</summary>
    Pictographic = 1 << 8,

    /// <summary>Oniguruma's <c>\w</c>.</summary>
    RegexWord = 1 << 9,

    /// <summary>Has a lower case of its own.</summary>
    HasLower = 1 << 10,

    /// <summary>Decomposes, or is sorted among marks.</summary>
    NfdChanges = 1 << 11,

    /// <summary>As <see cref="NfdChanges"/>, with compatible decomposition.</summary>
    NfkdChanges = 1 << 12,

    /// <summary>Changes under NFC, or may be composed with what is before it.</summary>
    NfcChanges = 1 << 13,

    /// <summary>As <see cref="NfcChanges"/>, with compatible decomposition.</summary>
    NfkcChanges = 1 << 14,
}
