using SeqServe.Core.Tensors;

namespace SeqServe.Core.Backends;

/// <summary>An encoder-decoder's two graphs: <c>src [B,S]</c>, <c>src_len [B]</c> → memory; <c>tokens [B]</c> → <c>logits [B,V]</c>.</summary>
public static class TranslatorContract
{
    /// <summary>The graph that reads the source.</summary>
    public const string EncoderRole = "encoder";

    /// <summary>The graph that computes one step.</summary>
    public const string DecoderRole = "decoder";

    /// <summary>Token ids of the sources.</summary>
    public const string Source = "src";

    /// <summary>Valid tokens of each source; an input of the encoder, and of a decoder that masks its memory by it.</summary>
    public const string SourceLengths = "src_len";

    /// <summary>The token that each row reads in the step.</summary>
    public const string Tokens = "tokens";

    /// <summary>Tokens of each row that the cache holds.</summary>
    public const string PastLengths = "past_len";

    /// <summary>Scores of the next tokens before the softmax.</summary>
    public const string Logits = "logits";

    /// <summary>The contract under SeqServe's own names.</summary>
    public static GraphContract Default { get; } = new(
    [
        new GraphRole(EncoderRole)
        {
            Inputs =
            [
                new(Source, TensorDatatype.Int64, "[B,S]") { Meaning = TensorMeaning.TokenIds },
                new(SourceLengths, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.Lengths },
            ],
        },
        new GraphRole(DecoderRole)
        {
            Reads = RowTokens.Step,
            IsWired = true,
            Inputs =
            [
                new(Tokens, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.TokenIds },
                new(PastLengths, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.PastLengths, Presence = PartPresence.WithCache },
                new(SourceLengths, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.SourceLengths, Presence = PartPresence.Optional },
            ],
            Outputs = [new(Logits, TensorDatatype.Fp32, "[B,V]")],
        },
    ]);
}

/// <summary>
/// A language model's graphs: <c>tokens [B,T]</c>, <c>lengths [B]</c> → <c>logits [B,V]</c> behind each row's last token, and where texts can be scored
/// <c>tokens [B,T]</c>, <c>lengths [B]</c> → <c>log_probs [B,T-1]</c>.
/// </summary>
public static class LanguageModelContract
{
    /// <summary>The graph that scores whole texts.</summary>
    public const string ScoreRole = "score";

    /// <summary>Token ids.</summary>
    public const string Tokens = "tokens";

    /// <summary>Valid tokens of each row.</summary>
    public const string Lengths = "lengths";

    /// <summary>Tokens of each row that the cache holds.</summary>
    public const string PastLengths = "past_len";

    /// <summary>Scores of the next tokens before the softmax.</summary>
    public const string Logits = "logits";

    /// <summary>Log-probabilities of each next token of the text.</summary>
    public const string LogProbabilities = "log_probs";

    /// <summary>The contract under SeqServe's own names.</summary>
    public static GraphContract Default { get; } = new(
    [
        new GraphRole(GraphContract.ModelRole)
        {
            Reads = RowTokens.InputAndOutput,
            IsWired = true,
            Inputs =
            [
                .. TokensAndLengths,
                new(PastLengths, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.PastLengths, Presence = PartPresence.WithCache },
            ],
            Outputs = [new(Logits, TensorDatatype.Fp32, "[B,V]")],
        },
        new GraphRole(ScoreRole)
        {
            IsOptional = true,
            Reads = RowTokens.InputAndOutput,
            MinTokens = 2,
            Inputs = TokensAndLengths,
            Outputs = [new(LogProbabilities, TensorDatatype.Fp32, "[B,T-1]")],
        },
    ]);

    private static GraphPart[] TokensAndLengths =>
    [
        new(Tokens, TensorDatatype.Int64, "[B,T]") { Meaning = TensorMeaning.TokenIds },
        new(Lengths, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.Lengths },
    ];
}
