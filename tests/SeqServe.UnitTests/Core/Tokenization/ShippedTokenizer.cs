using SeqServe.Core.Tokenization;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tokenization;

/// <summary>The sentiment models' tokenizer.</summary>
internal static class ShippedTokenizer
{
    public static byte[] File { get; } = System.IO.File.ReadAllBytes(Path.Combine(RepositoryRoot.Model("sentiment-lstm"), "tokenizer.model"));

    public static SentencePieceBpeTokenizer Plain { get; } = With();

    public static SentencePieceBpeTokenizer With(int? begin = null, int? end = null) =>
        SentencePieceBpeTokenizer.Open(File, "tokenizer.model", TextNormalization.NfkcCasefold, new SpecialTokens(begin, end));
}
