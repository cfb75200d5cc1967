using SeqServe.Tokenizers.AddedTokens;
using SeqServe.Tokenizers.Decoders;
using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.Normalizers;
using SeqServe.Tokenizers.PostProcessors;
using SeqServe.Tokenizers.PreTokenizers;

namespace SeqServe.Tokenizers.Pipeline;

/// <summary>What a tokenizer is made of.</summary>
/// <param name="Model">The model.</param>
internal sealed record TokenizerParts(ITokenModel Model)
{
    /// <summary>The normalizer, or null.</summary>
    public Normalizer? Normalizer { get; init; }

    /// <summary>The pre-tokenizer, or null.</summary>
    public PreTokenizer? PreTokenizer { get; init; }

    /// <summary>The post-processor, or null.</summary>
    public PostProcessor? PostProcessor { get; init; }

    /// <summary>The decoder; null: tokens with spaces between them.</summary>
    public Decoder? Decoder { get; init; }

    /// <summary>Added tokens, in the file's order.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];
}
