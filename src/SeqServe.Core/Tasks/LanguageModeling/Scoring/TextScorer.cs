using System.Diagnostics;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;

namespace SeqServe.Core.Tasks.LanguageModeling.Scoring;

/// <summary>Text in, log-probability of each of its tokens out, in one run.</summary>
public sealed class TextScorer(ModelRegistry registry, TimeProvider time)
{
    /// <summary>Scores texts. Each text's answer is the same whether it is sent alone or with others.</summary>
    /// <param name="request">The texts.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left: waiting texts then cost no run.</param>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public async Task<ScoringResponse> ScoreAsync(ScoringRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        using var lease = registry.Acquire<ServedLanguageModel>(LanguageModelingTask.TaskName, request.Model, request.Version);
        var model = lease.Model;
        (observed.Model, observed.Inputs) = (model.Metrics, request.Texts.Count);
        var scorer = model.Scorer
            ?? throw ServingException.ForField(ServingErrorCode.InvalidRequest, "model",
                $"\"{model.Manifest.Name}\" cannot score: it has no graph \"score\", and its graph gives the logits of the last position only; "
                + "name another model, or export it with the logits of all positions");
        var deadline = new RequestDeadline(request.Timeout, started, time);
        scorer.EnsureRoom(request.Texts.Count, deadline.Left);

        var rows = Rows(request, model, observed, () => deadline.ThrowIfOver(cancellation));
        var tokenized = time.GetElapsedTime(started);
        deadline.ThrowIfOver(cancellation);
        scorer.Enqueue(rows);
        var timings = await new RequestRows<ScoringRow>(scorer, rows, request.FieldOf, model, deadline, cancellation)
            .WaitAsync(tokenized, observed).ConfigureAwait(false);
        var results = rows.Select((row, i) => Result(row, request.Texts[i], model)).ToArray();
        return new ScoringResponse(model.Manifest.Name, model.Version, results, observed.InputTokens, timings);
    }

    private static ScoringRow[] Rows(ScoringRequest request, ServedLanguageModel model, ServedRequest observed, Action checkpoint)
    {
        var trace = Activity.Current?.Context ?? default;
        using var span = ServingTracing.StartTokenize(request.Texts.Count);
        var ids = new ScoredTexts(request, model).Read(checkpoint);
        observed.InputTokens = ids.Sum(row => row.Length);
        return Array.ConvertAll(ids, row => new ScoringRow(row, trace) { Priority = request.Priority });
    }

    private static ScoredText Result(ScoringRow row, string text, ServedLanguageModel model)
    {
        var tokens = new TokenScore[row.LogProbabilities.Length];
        var sum = 0.0;
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = new TokenScore(model.Tokenizer.TokenText(row.Ids[i + 1]), row.Ids[i + 1], row.LogProbabilities[i]);
            sum += row.LogProbabilities[i];
        }

        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return new ScoredText(tokens, sum, Math.Max(1, model.EndIds.Contains(row.Ids[^1]) ? words + 1 : words));
    }
}
