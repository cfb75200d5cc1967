namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>A piece of a text: one word of the pre-tokenizer, or an added token.</summary>
/// <param name="Start">Where it begins in the normalized text; for an added token in the client's.</param>
/// <param name="End">Behind its last unit.</param>
/// <param name="Token">The id of an added token, or -1.</param>
/// <param name="Leading">Whitespace at an added token's beginning, in code points.</param>
/// <param name="Trailing">Whitespace at an added token's end.</param>
internal readonly record struct Piece(int Start, int End, int Token = -1, int Leading = 0, int Trailing = 0);
