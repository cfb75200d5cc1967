namespace SeqServe.Tokenizers.PostProcessors;

/// <summary>Puts special tokens around the sequences and sets type ids.</summary>
internal abstract class PostProcessor
{
    /// <summary>What becomes of a request's groups of tokens. Called when the tokenizer is loaded: what comes out is the same for all texts.</summary>
    /// <param name="groups">The groups as the processor before left them; at first one for each sequence.</param>
    /// <param name="addSpecialTokens">Whether special tokens are wanted.</param>
    /// <returns>The groups afterwards.</returns>
    /// <exception cref="InvalidDataException">This many groups cannot be processed.</exception>
    public abstract List<TokenGroup> Process(List<TokenGroup> groups, bool addSpecialTokens);
}
