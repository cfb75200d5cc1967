using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Pipeline;

/// <summary>A token of a text, before special tokens are added.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Part">What it stands for in the client's text.</param>
/// <param name="Word">Index of its word.</param>
/// <param name="Leading">Spaces at an added token's beginning; -1 for a token of the model.</param>
/// <param name="Trailing">Spaces at an added token's end.</param>
internal readonly record struct EncodedToken(int Id, TextRange Part, int Word, int Leading, int Trailing);
