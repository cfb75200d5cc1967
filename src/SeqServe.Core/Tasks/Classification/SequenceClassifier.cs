using System.Diagnostics;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Text in, labels out: lease, admission, tokenization, batch, soft-max.</summary>
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
        var waiting = new RequestRows<ClassificationRow>(
            model.Batcher, rows, row => request.FieldOf(InputOf(inputs, rows[row])), model, deadline, cancellation);
        var timings = await waiting.WaitAsync(tokenized, observed).ConfigureAwait(false);
        return new ClassificationResponse(model.Manifest.Name, model.Version, Rank(inputs, model, topK), observed.InputTokens, timings);
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
        var best = LabelRanking.Rank(input, model.Labels, 1).Scores[0];
        return (best.Label, best.Score);
    }

    // The text of a row, or of one of its variants without a word.
    private static int InputOf(IReadOnlyList<ClassificationInput> inputs, ClassificationRow row)
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

    private static List<ClassificationRow> Rows(IReadOnlyList<ClassificationInput> inputs)
    {
        var rows = new List<ClassificationRow>(inputs.Count);
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

    private static ClassifiedText[] Rank(IReadOnlyList<ClassificationInput> inputs, ServedClassifier model, int topK)
    {
        var results = new ClassifiedText[inputs.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = LabelRanking.Rank(inputs[i], model.Labels, topK);
        return results;
    }
}
