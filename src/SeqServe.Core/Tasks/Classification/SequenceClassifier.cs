using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Encoders;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Text in, labels out.</summary>
public sealed class SequenceClassifier(ModelRegistry registry, TimeProvider time)
{
    private const int DefaultTopK = 5;

    private readonly EncoderExchange _exchange = new(registry, time);

    /// <summary>Classifies texts. Each text's answer is the same whether it is sent alone or with others.</summary>
    /// <param name="request">The texts.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left: waiting texts then cost no run.</param>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public Task<EncoderResponse<ClassifiedText>> ClassifyAsync(ClassificationRequest request, ServedRequest observed, CancellationToken cancellation) =>
        _exchange.RunAsync(ClassificationTask.TaskName, request, Steps(request), observed, cancellation);

    /// <summary>As <see cref="ClassifyAsync(ClassificationRequest, ServedRequest, CancellationToken)"/>, with a model that the caller has leased.</summary>
    internal Task<EncoderResponse<ClassifiedText>> ClassifyAsync(
        ServedClassifier model, ClassificationRequest request, ServedRequest observed, CancellationToken cancellation) =>
        _exchange.RunAsync(model, request, Steps(request), observed, cancellation);

    /// <summary>The best label and its probability.</summary>
    internal static (string Answer, double Number) AnswerGolden(ServedClassifier model, string text)
    {
        var request = new ClassificationRequest([text]) { IsSingle = true };
        var rows = new ExchangeRows(request, trace: default, deadline: default, CancellationToken.None);
        var texts = EncoderExchange.Read(request, rows, model, (served, i) => Read(served, request, i), new ServedRequest());
        model.Batcher.Enqueue(rows.All);
        rows.All[0].Completion.GetAwaiter().GetResult();
        var best = new LabelRanking(model.Labels, model.Activation, topK: 1).Rank(texts[0], rows.All[0]).Scores[0];
        return (best.Label, best.Score);
    }

    private static EncoderSteps<ServedClassifier, TextToClassify, ClassifiedText> Steps(ClassificationRequest request) => new(
        (model, i) => Read(model, request, i),
        (model, text, row) => new LabelRanking(model.Labels, request.Activation ?? model.Activation, TopK(request, model)).Rank(text, row))
    {
        Extend = request.Explain ? (model, texts, rows) => Occlusion.Extend(model, request, texts, rows) : null,
    };

    private static TextToClassify Read(ServedClassifier model, ClassificationRequest request, int index)
    {
        if (request.TopK is { } topK && (topK < 1 || topK > model.Labels.Count))
            throw ServingException.ForField(
                ServingErrorCode.InvalidRequest, "top_k", $"must be in 1–{model.Labels.Count}, the number of this model's labels");
        return TextToClassify.Read(model, request, request.Texts[index], index);
    }

    private static int TopK(ClassificationRequest request, ServedClassifier model) => request.TopK ?? Math.Min(DefaultTopK, model.Labels.Count);
}

/// <summary>A loaded classifier.</summary>
public sealed class ServedClassifier : ServedEncoder
{
    /// <summary>Classifies texts.</summary>
    public const string ClassifyOperation = "classify";

    internal ServedClassifier(ModelLoad load, OpenedEncoder opened, IReadOnlyList<string> labels)
        : base(load, opened, ClassifyOperation)
    {
        Labels = labels;
        Activation = load.Section<ClassificationSection>().Activation;
    }

    /// <summary>Names of its classes; the index is the class.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>What makes scores of its logits where a request does not say.</summary>
    public Activation Activation { get; }

    /// <inheritdoc/>
    public override ModelDetails Describe() => base.Describe() with { Labels = Labels };
}

/// <summary>Texts to classify.</summary>
/// <param name="Texts">At least one.</param>
public sealed record ClassificationRequest(IReadOnlyList<string> Texts) : EncoderRequest(Texts)
{
    /// <summary>The second text of each, for a model that reads pairs; null where the texts stand alone.</summary>
    public IReadOnlyList<string>? Pairs { get; init; }

    /// <summary>What makes scores of logits, or null for what the model says.</summary>
    public Activation? Activation { get; init; }

    /// <summary>How many labels to return per text, 1 to the number of classes, or null for up to 5.</summary>
    public int? TopK { get; init; }

    /// <summary>Whether to say how much each word contributes.</summary>
    public bool Explain { get; init; }

    /// <inheritdoc/>
    internal override string Verb => "classify";
}

/// <summary>A text that has been tokenized.</summary>
/// <param name="Text">The text.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Classes">How many classes there are.</param>
internal sealed record TextToClassify(string Text, TokenizedText Tokens, int Classes)
    : EncoderText(Tokens.Ids, Tokens.TypeIds, Tokens.Truncated, Classes)
{
    /// <summary>Its words, when asked to explain.</summary>
    public IReadOnlyList<Range> Words { get; set; } = [];

    /// <summary>A row per word, of what is left without it; null where nothing is.</summary>
    public IReadOnlyList<EncoderRow?> WithoutWord { get; set; } = [];

    /// <summary>Tokenizes a text, with its pair where there is one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">The request.</param>
    /// <param name="text">The text, or what is left of it.</param>
    /// <param name="index">Its index in the request.</param>
    public static TextToClassify Read(ServedClassifier model, ClassificationRequest request, string text, int index)
    {
        var limit = model.Manifest.Limits.MaxInputTokens;
        var tokens = request.Pairs is { } pairs ? model.Tokenizer.EncodePair(text, pairs[index], limit) : model.Tokenizer.Encode(text, limit);
        return new TextToClassify(text, tokens, model.Labels.Count) { Fault = tokens.Fault };
    }
}

/// <summary>The labels of one text.</summary>
/// <param name="Scores">The labels of the highest scores, best first; at least one.</param>
/// <param name="InputTokens">Tokens that were classified.</param>
/// <param name="Truncated">Whether the text had more.</param>
/// <param name="Attributions">What each word contributes, or null when not asked for.</param>
public sealed record ClassifiedText(IReadOnlyList<LabelScore> Scores, int InputTokens, bool Truncated, IReadOnlyList<WordAttribution>? Attributions);

/// <summary>A label and its score.</summary>
/// <param name="Label">The label.</param>
/// <param name="Score">Its probability, 0 to 1; without an activation the number that the graph computes.</param>
public readonly record struct LabelScore(string Label, float Score);

/// <summary>What one word contributes to the predicted label.</summary>
/// <param name="Word">The word as it stands in the text.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="End">Where it ends (exclusive).</param>
/// <param name="Weight">Log-probability of the predicted label with the word minus that without it: above 0 the word speaks for the label.</param>
public readonly record struct WordAttribution(string Word, int Start, int End, double Weight);
