using System.Diagnostics;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Text in, labels out: lease, admission, tokenization, batch, scores.</summary>
public sealed class SequenceClassifier(ModelRegistry registry, TimeProvider time)
{
    private const int DefaultTopK = 5;

    /// <summary>Classifies texts. Each text's answer is the same whether it is sent alone or with others.</summary>
    /// <param name="request">The texts.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left: waiting texts then cost no run.</param>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public Task<ClassificationResponse> ClassifyAsync(ClassificationRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var lease = registry.Acquire<ServedClassifier>(ClassificationTask.TaskName, request.Model, request.Version);
        return ClassifyAsync(lease.Model, lease, request, started, observed, cancellation);
    }

    /// <summary>As <see cref="ClassifyAsync(ClassificationRequest, ServedRequest, CancellationToken)"/>, with a model that the caller has leased.</summary>
    internal Task<ClassificationResponse> ClassifyAsync(
        ServedClassifier model, ClassificationRequest request, ServedRequest observed, CancellationToken cancellation) =>
        ClassifyAsync(model, lease: null, request, time.GetTimestamp(), observed, cancellation);

    private async Task<ClassificationResponse> ClassifyAsync(
        ServedClassifier model,
        ModelLease<ServedClassifier>? lease,
        ClassificationRequest request,
        long started,
        ServedRequest observed,
        CancellationToken cancellation)
    {
        using var held = lease;
        observed.Model = model.Metrics;
        observed.Inputs = request.Texts.Count;
        var topK = TopK(request, model);
        var deadline = new RequestDeadline(request.Timeout, started, time);
        model.Batcher.EnsureRoom(request.Texts.Count, deadline.Left);

        var inputs = Tokenize(model, request, observed, deadline, cancellation);
        var tokenized = time.GetElapsedTime(started);
        var rows = Rows(inputs);
        deadline.ThrowIfOver(cancellation);
        model.Batcher.Enqueue(rows, new RunHint(model.Metrics.InFlight, HasDeadline: deadline.Timeout is not null));
        var waiting = new RequestRows<EncoderRow>(
            model.Batcher, rows, row => request.FieldOf(InputOf(inputs, rows[row])), model, deadline, cancellation);
        var timings = await waiting.WaitAsync(tokenized, observed).ConfigureAwait(false);
        var ranking = new LabelRanking(model.Labels, request.Activation ?? model.Activation, topK);
        return new ClassificationResponse(model.Manifest.Name, model.Version, Rank(inputs, ranking), observed.InputTokens, timings);
    }

    private static int TopK(ClassificationRequest request, ServedClassifier model)
    {
        var classes = model.Labels.Count;
        if (request.TopK is { } topK && (topK < 1 || topK > classes))
            throw ServingException.ForField(ServingErrorCode.InvalidRequest, "top_k", $"must be in 1–{classes}, the number of this model's labels");
        return request.TopK ?? Math.Min(DefaultTopK, classes);
    }

    /// <summary>The best label and its probability.</summary>
    internal static (string Answer, double Number) AnswerGolden(ServedClassifier model, string text)
    {
        var input = ClassificationInputs.Prepare(model, new ClassificationRequest([text]) { IsSingle = true }, default, default, CancellationToken.None)[0];
        model.Batcher.Enqueue([input.Row]);
        input.Row.Completion.GetAwaiter().GetResult();
        var best = new LabelRanking(model.Labels, model.Activation, topK: 1).Rank(input).Scores[0];
        return (best.Label, best.Score);
    }

    // The text of a row, or of one of its variants without a word.
    private static int InputOf(IReadOnlyList<ClassificationInput> inputs, EncoderRow row)
    {
        for (var i = 0; i < inputs.Count; i++)
        {
            if (inputs[i].Row == row || inputs[i].WithoutWord.Contains(row))
                return i;
        }

        throw new ArgumentException("The row is none of the request's.", nameof(row));
    }

    private static IReadOnlyList<ClassificationInput> Tokenize(
        ServedClassifier model, ClassificationRequest request, ServedRequest observed, RequestDeadline deadline, CancellationToken cancellation)
    {
        // Batches are linked to the request's span, which the one of tokenization hides.
        var trace = Activity.Current?.Context ?? default;
        using var span = ServingTracing.StartTokenize(request.Texts.Count);
        var inputs = ClassificationInputs.Prepare(model, request, trace, deadline, cancellation);
        foreach (var input in inputs)
            observed.InputTokens += input.Row.Length;
        return inputs;
    }

    private static List<EncoderRow> Rows(IReadOnlyList<ClassificationInput> inputs)
    {
        var rows = new List<EncoderRow>(inputs.Count);
        foreach (var input in inputs)
        {
            rows.Add(input.Row);
            foreach (var variant in input.WithoutWord)
            {
                if (variant is not null)
                    rows.Add(variant);
            }
        }

        return rows;
    }

    private static ClassifiedText[] Rank(IReadOnlyList<ClassificationInput> inputs, LabelRanking ranking)
    {
        var results = new ClassifiedText[inputs.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = ranking.Rank(inputs[i]);
        return results;
    }
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
public sealed record ClassificationRequest(IReadOnlyList<string> Texts)
{
    /// <summary>Whether the caller sent one text and not an array; only the names of fields in messages depend on it.</summary>
    public bool IsSingle { get; init; }

    /// <summary>The field that the texts came in; only the names of fields in messages depend on it.</summary>
    public string Field { get; init; } = "inputs";

    /// <summary>The model, or null for the default.</summary>
    public string? Model { get; init; }

    /// <summary>The version, or null for the newest.</summary>
    public int? Version { get; init; }

    /// <summary>The second text of each, for a model that reads pairs; null where the texts stand alone.</summary>
    public IReadOnlyList<string>? Pairs { get; init; }

    /// <summary>What makes scores of logits, or null for what the model says.</summary>
    public Activation? Activation { get; init; }

    /// <summary>How many labels to return per text, 1 to the number of classes, or null for up to 5.</summary>
    public int? TopK { get; init; }

    /// <summary>Whether a text that is too long is cut instead of refused.</summary>
    public bool Truncate { get; init; }

    /// <summary>Whether to say how much each word contributes.</summary>
    public bool Explain { get; init; }

    /// <summary>Time the caller gives for the answer, or null for any.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether its rows go before or behind others.</summary>
    public RowPriority Priority { get; init; } = RowPriority.Normal;

    /// <summary>The name of a text's field, as the caller wrote it.</summary>
    public string FieldOf(int index) => IsSingle ? Field : $"{Field}[{index}]";
}

/// <summary>The answer to a <see cref="ClassificationRequest"/>.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">Its version.</param>
/// <param name="Results">One per text, in the order of the texts.</param>
/// <param name="InputTokens">Tokens of all texts.</param>
/// <param name="Timings">Where the time went.</param>
public sealed record ClassificationResponse(string Model, int Version, IReadOnlyList<ClassifiedText> Results, int InputTokens, InferenceTimings Timings);

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
