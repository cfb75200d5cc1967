using SeqServe.Core.Tensors;

namespace SeqServe.Core.Backends;

/// <summary>
/// What a graph that reads whole texts takes: <c>ids [B,T]</c>, and of <c>lengths [B]</c>, <c>mask [B,T]</c>, <c>types [B,T]</c> and <c>positions [B,T]</c>
/// those that it has a use for.
/// </summary>
public static class EncoderContract
{
    /// <summary>Token ids.</summary>
    public const string Ids = "ids";

    /// <summary>Valid tokens of each row.</summary>
    public const string Lengths = "lengths";

    /// <summary>1 for each valid token, 0 for padding.</summary>
    public const string Mask = "mask";

    /// <summary>Which text of a pair each token belongs to.</summary>
    public const string Types = "types";

    /// <summary>Positions of the tokens, from 0 on.</summary>
    public const string Positions = "positions";

    /// <summary>The inputs, by SeqServe's own names and by those of Hugging Face's exports.</summary>
    internal static IReadOnlyList<GraphPart> Inputs { get; } =
    [
        Whole(Ids, "[B,T]", "input_ids") with { Meaning = TensorMeaning.TokenIds },
        Whole(Lengths, "[B]") with { Meaning = TensorMeaning.Lengths, Presence = PartPresence.Optional },
        Whole(Mask, "[B,T]", "attention_mask") with
        {
            Meaning = TensorMeaning.Mask,
            Presence = PartPresence.Optional,
            OtherTypes = [TensorDatatype.Int32, TensorDatatype.Fp32, TensorDatatype.Bool],
        },
        Whole(Types, "[B,T]", "token_type_ids") with { Presence = PartPresence.Optional },
        Whole(Positions, "[B,T]", "position_ids") with { Meaning = TensorMeaning.Positions, Presence = PartPresence.Optional },
    ];

    /// <summary>One graph that takes <see cref="Inputs"/>.</summary>
    /// <param name="outputs">What it may give; the first that a graph has is read.</param>
    internal static GraphContract Giving(params GraphPart[] outputs) => new([new GraphRole(GraphContract.ModelRole) { Inputs = Inputs, Outputs = outputs }]);

    /// <summary>An output of numbers.</summary>
    internal static GraphPart Numbers(string part, string shape) => new(part, TensorDatatype.Fp32, shape) { OtherTypes = [TensorDatatype.Fp16] };

    private static GraphPart Whole(string part, string shape, params string[] otherNames) =>
        new(part, TensorDatatype.Int64, shape) { OtherNames = otherNames, OtherTypes = [TensorDatatype.Int32] };
}

/// <summary>A classifier's graph: <c>logits [B,C]</c> for each text.</summary>
public static class ClassifierContract
{
    /// <summary>Scores of the classes before the softmax.</summary>
    public const string Logits = "logits";

    /// <summary>The contract.</summary>
    public static GraphContract Default { get; } = EncoderContract.Giving(EncoderContract.Numbers(Logits, "[B,C]"));
}

/// <summary>A tagger's graph: <c>logits [B,T,C]</c> for each token.</summary>
public static class TaggerContract
{
    /// <summary>The contract.</summary>
    public static GraphContract Default { get; } = EncoderContract.Giving(EncoderContract.Numbers(ClassifierContract.Logits, "[B,T,C]"));
}

/// <summary>The graph of an embedding model: numbers of each text, or of each of its tokens, which are then pooled.</summary>
public static class EmbedderContract
{
    /// <summary>The embedding of each text, pooled by the graph.</summary>
    public const string Sentence = "sentence_embedding";

    /// <summary>The numbers of each token.</summary>
    public const string Tokens = "token_embeddings";

    /// <summary>The contract.</summary>
    public static GraphContract Default { get; } = EncoderContract.Giving(
        EncoderContract.Numbers(Sentence, "[B,H]") with { Presence = PartPresence.Optional },
        EncoderContract.Numbers(Tokens, "[B,T,H]") with { Presence = PartPresence.Optional, OtherNames = ["last_hidden_state"] });
}
