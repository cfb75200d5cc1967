using SeqServe.Tokenizers;

namespace SeqServe.Core.Tokenization;

/// <summary>Turns text into the token ids a model was trained on, and ids into text. Safe for concurrent use.</summary>
public interface ITextTokenizer
{
    /// <summary>Number of token ids; every id is below it.</summary>
    int VocabularySize { get; }

    /// <summary>Encodes a text, normalized by the manifest's rule, with the begin and end ids the manifest asks for.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="maxTokens">The most ids wanted, begin and end ids included; merging is bounded by it; normalization is linear in the text.</param>
    /// <returns>At most <paramref name="maxTokens"/> ids, and whether the text has more.</returns>
    TokenizedText Encode(string text, int maxTokens);

    /// <summary>Encodes two texts as one input, as a model that compares them was trained.</summary>
    /// <param name="text">The first.</param>
    /// <param name="pair">The second.</param>
    /// <param name="maxTokens">The most ids wanted; where the texts have more, the longer of the two is cut.</param>
    TokenizedText EncodePair(string text, string pair, int maxTokens) =>
        TokenizedText.Refused("The tokenizer of this model joins no pairs of texts; send each text alone.");

    /// <summary>The text of token ids. Control symbols have none.</summary>
    /// <param name="ids">Any ids of the vocabulary, in any order.</param>
    string Decode(ReadOnlySpan<int> ids);

    /// <summary>Begins to decode token by token; what it gives, joined, is what <see cref="Decode"/> gives.</summary>
    /// <param name="continuesText">Whether the tokens go on from a text, so that the space in front of their first word counts.</param>
    IDetokenizer NewDetokenizer(bool continuesText = false);

    /// <summary>The id of a token by its name; null where it is not known.</summary>
    int? FindToken(string token) => null;

    /// <summary>
    /// One token for display: its characters, with a space where a word begins; a control symbol or a byte of a character by its name (<c>&lt;/s&gt;</c>,
    /// <c>&lt;0xE6&gt;</c>).
    /// </summary>
    /// <param name="id">An id of the vocabulary.</param>
    string TokenText(int id);
}

/// <summary>A tokenizer that says where each token stands in the text.</summary>
public interface IOffsetTokenizer : ITextTokenizer
{
    /// <summary>Encodes a text as <see cref="ITextTokenizer.Encode"/> does; never empty of special tokens.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="maxTokens">The most ids wanted.</param>
    /// <param name="fault">Why the text cannot be encoded, for its sender.</param>
    /// <returns>Null when it cannot.</returns>
    TokenEncoding? EncodeWithOffsets(string text, int maxTokens, out string? fault);

    /// <summary>Whether a token goes on with the word of the one before it, as transformers' pipeline for token classification has it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="encoding">Its tokens.</param>
    /// <param name="token">Index of one that is not special.</param>
    bool ContinuesWord(string text, TokenEncoding encoding, int token);
}

/// <summary>Turns the tokens of one text into text, one by one.</summary>
public interface IDetokenizer
{
    /// <summary>Takes a token and gives the text that is certain now: empty while a character is unfinished.</summary>
    /// <param name="id">An id of the vocabulary.</param>
    string Append(int id);

    /// <summary>Ends the text; gives what an unfinished character leaves, or nothing.</summary>
    string Finish();
}

/// <summary>The token ids of one text.</summary>
/// <param name="Ids">The ids, begin and end ids included; empty when the text has nothing to tokenize.</param>
/// <param name="Truncated">Whether the text has more tokens than were asked for.</param>
public readonly record struct TokenizedText(int[] Ids, bool Truncated)
{
    /// <summary>The type of each token, which tells the texts of a pair apart; empty where all are 0.</summary>
    public int[] TypeIds { get; init; } = [];

    /// <summary>Why the text cannot be encoded, for its sender; null when it can.</summary>
    public string? Fault { get; init; }

    /// <summary>A text that cannot be encoded.</summary>
    public static TokenizedText Refused(string fault) => new([], false) { Fault = fault };
}
