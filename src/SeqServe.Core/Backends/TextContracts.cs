using SeqServe.Core.Tensors;

namespace SeqServe.Core.Backends;

/// <summary>
/// An encoder-decoder's graphs: <c>src [B,S]</c> → memory; <c>tokens [B]</c> → <c>logits [B,V]</c>. Of <c>src_len [B]</c> and <c>src_mask [B,S]</c> each
/// takes those that it has a use for. Other exporters' decoders are one graph of two branches, or two graphs, of which the second goes on from a past.
/// </summary>
public static class TranslatorContract
{
    /// <summary>The graph that reads the source.</summary>
    public const string EncoderRole = "encoder";

    /// <summary>The graph that computes one step.</summary>
    public const string DecoderRole = "decoder";

    /// <summary>The graph that computes every step but the first, where <see cref="DecoderRole"/> computes that one only.</summary>
    public const string PastRole = "decoder_with_past";

    /// <summary>Token ids of the sources.</summary>
    public const string Source = "src";

    /// <summary>Valid tokens of each source; an input of the encoder, and of a decoder that masks its memory by it.</summary>
    public const string SourceLengths = "src_len";

    /// <summary>1 for each valid token of the sources, 0 for padding.</summary>
    public const string SourceMask = "src_mask";

    /// <summary>What the encoder computed for each token of the source, of an export that fixes no names for it.</summary>
    public const string Hidden = "hidden";

    /// <summary>The token that each row reads in the step.</summary>
    public const string Tokens = "tokens";

    /// <summary>Tokens of each row that the cache holds.</summary>
    public const string PastLengths = "past_len";

    /// <summary>Whether there is a past: graphs of two branches read it.</summary>
    public const string UsePast = "use_past";

    /// <summary>Scores of the next tokens before the softmax.</summary>
    public const string Logits = "logits";

    private static readonly TensorDatatype[] s_maskTypes = [TensorDatatype.Int32, TensorDatatype.Fp32, TensorDatatype.Bool];

    /// <summary>The contract under SeqServe's own names and those of other exporters.</summary>
    public static GraphContract Default { get; } = new(
    [
        new GraphRole(EncoderRole)
        {
            Inputs =
            [
                new(Source, TensorDatatype.Int64, "[B,S]")
                {
                    Meaning = TensorMeaning.TokenIds,
                    OtherNames = ["input_ids"],
                    OtherTypes = [TensorDatatype.Int32],
                },
                new(SourceLengths, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.Lengths, Presence = PartPresence.Optional },
                Mask("attention_mask"),
            ],
            Outputs = [HiddenOf("last_hidden_state")],
        },
        Decoder(DecoderRole),
        Decoder(PastRole) with { IsOptional = true },
    ]);

    private static GraphRole Decoder(string role) => new(role)
    {
        Reads = RowTokens.Step,
        IsWired = true,
        Inputs =
        [
            new(Tokens, TensorDatatype.Int64, "[B]")
            {
                Meaning = TensorMeaning.TokenIds,
                OtherNames = ["input_ids"],
                OtherShapes = ["[B,T]"],
                OtherTypes = [TensorDatatype.Int32],
            },
            new(PastLengths, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.PastLengths, Presence = PartPresence.WithCache },
            new(SourceLengths, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.SourceLengths, Presence = PartPresence.Optional },
            Mask("encoder_attention_mask"),
            HiddenOf("encoder_hidden_states"),
            new(UsePast, TensorDatatype.Bool, "[1]")
            {
                Meaning = TensorMeaning.Switch,
                Presence = PartPresence.Optional,
                OtherNames = ["use_cache_branch"],
            },
        ],
        Outputs = [new(Logits, TensorDatatype.Fp32, "[B,V]") { OtherShapes = ["[B,T,V]"], OtherTypes = [TensorDatatype.Fp16] }],
    };

    private static GraphPart Mask(string otherName) => new(SourceMask, TensorDatatype.Int64, "[B,S]")
    {
        Presence = PartPresence.Optional,
        OtherNames = [otherName],
        OtherTypes = s_maskTypes,
    };

    private static GraphPart HiddenOf(string otherName) => new(Hidden, TensorDatatype.Fp32, "[B,S,H]")
    {
        Presence = PartPresence.Optional,
        OtherNames = [otherName],
        OtherTypes = [TensorDatatype.Fp16],
    };
}

/// <summary>
/// A language model's graphs: <c>tokens [B,T]</c> → <c>logits</c> behind each row's last token <c>[B,V]</c> or behind each token <c>[B,T,V]</c>, and where
/// texts can be scored <c>tokens [B,T]</c>, <c>lengths [B]</c> → <c>log_probs [B,T-1]</c>. Of <c>lengths [B]</c>, <c>past_len [B]</c>, <c>mask [B,P+T]</c>
/// and <c>positions [B,T]</c> a graph takes those that it has a use for.
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

    /// <summary>1 for each valid token of the past and of the run, 0 for padding.</summary>
    public const string Mask = "mask";

    /// <summary>Positions of the run's tokens in their texts, from 0 on.</summary>
    public const string Positions = "positions";

    /// <summary>Whether there is a past: graphs of two branches read it.</summary>
    public const string UsePast = "use_past";

    /// <summary>Scores of the next tokens before the softmax.</summary>
    public const string Logits = "logits";

    /// <summary>Log-probabilities of each next token of the text.</summary>
    public const string LogProbabilities = "log_probs";

    /// <summary>The contract under SeqServe's own names and those of other exporters.</summary>
    public static GraphContract Default { get; } = new(
    [
        new GraphRole(GraphContract.ModelRole)
        {
            Reads = RowTokens.InputAndOutput,
            IsWired = true,
            Inputs =
            [
                new(Tokens, TensorDatatype.Int64, "[B,T]")
                {
                    Meaning = TensorMeaning.TokenIds,
                    OtherNames = ["input_ids"],
                    OtherTypes = [TensorDatatype.Int32],
                },
                new(Lengths, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.Lengths, Presence = PartPresence.Optional },
                new(PastLengths, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.PastLengths, Presence = PartPresence.WithCache },
                new(Mask, TensorDatatype.Int64, "[B,P+T]")
                {
                    Presence = PartPresence.Optional,
                    OtherNames = ["attention_mask"],
                    OtherTypes = [TensorDatatype.Int32, TensorDatatype.Fp32, TensorDatatype.Bool],
                },
                new(Positions, TensorDatatype.Int64, "[B,T]")
                {
                    Meaning = TensorMeaning.Positions,
                    Presence = PartPresence.Optional,
                    OtherNames = ["position_ids"],
                    OtherTypes = [TensorDatatype.Int32],
                },
                new(UsePast, TensorDatatype.Bool, "[1]")
                {
                    Meaning = TensorMeaning.Switch,
                    Presence = PartPresence.Optional,
                    OtherNames = ["use_cache_branch"],
                },
            ],
            Outputs = [new(Logits, TensorDatatype.Fp32, "[B,V]") { OtherShapes = ["[B,T,V]"], OtherTypes = [TensorDatatype.Fp16] }],
        },
        new GraphRole(ScoreRole)
        {
            IsOptional = true,
            Reads = RowTokens.InputAndOutput,
            MinTokens = 2,
            Inputs =
            [
                new(Tokens, TensorDatatype.Int64, "[B,T]") { Meaning = TensorMeaning.TokenIds },
                new(Lengths, TensorDatatype.Int64, "[B]") { Meaning = TensorMeaning.Lengths },
            ],
            Outputs = [new(LogProbabilities, TensorDatatype.Fp32, "[B,T-1]")],
        },
    ]);
}
