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

    /// <summary>The text of token ids. Control symbols have none.</summary>
    /// <param name="ids">Any ids of the vocabulary, in any order.</param>
    string Decode(ReadOnlySpan<int> ids);

    /// <summary>Begins to decode token by token; what it gives, joined, is what <see cref="Decode"/> gives.</summary>
    /// <param name="continuesText">Whether the tokens go on from a text, so that the space in front of their first word counts.</param>
    IDetokenizer NewDetokenizer(bool continuesText = false);

    /// <summary>
    /// One token for display: its characters, with a space where a word begins; a control symbol or a byte of a character by its name (<c>&lt;/s&gt;</c>,
    /// <c>&lt;0xE6&gt;</c>).
    /// </summary>
    /// <param name="id">An id of the vocabulary.</param>
    string TokenText(int id);
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
public readonly record struct TokenizedText(int[] Ids, bool Truncated);
