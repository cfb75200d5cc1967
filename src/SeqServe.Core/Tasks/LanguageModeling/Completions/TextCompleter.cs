using System.Diagnostics;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.LanguageModeling.Prompts;
using SeqServe.Core.Tasks.LanguageModeling.Relaying;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>Prompt in, continuation out, token by token.</summary>
public sealed class TextCompleter(ModelRegistry registry, TimeProvider time)
{
    private const int DefaultMaxTokens = 16;

    // Each wakes, and with it writes to, tens of thousands of streams a second.
    private readonly Relay[] _relays = [.. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount / 2)).Select(_ => new Relay())];
    private uint _started;

    /// <summary>Begins to continue prompts. Everything that can be refused is refused here, before anything is answered.</summary>
    /// <param name="request">The prompts.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">The caller's presence: once cancelled, the answers end.</param>
    /// <returns>The answers; the caller disposes them.</returns>
    /// <exception cref="ServingException">The request was refused; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public RunningCompletion Start(CompletionRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var lease = registry.Acquire<ServedLanguageModel>(ModelTask.LanguageModel, request.Model, request.Version);
        try
        {
            return Start(lease.Model, lease, request, observed, new RequestDeadline(request.Timeout, started, time), cancellation);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>
    /// As <see cref="Start(CompletionRequest, ServedRequest, CancellationToken)"/>, with a model that the caller has leased and keeps until the answers are disposed.
    /// </summary>
    internal RunningCompletion Start(ServedLanguageModel model, CompletionRequest request, ServedRequest observed, CancellationToken cancellation) =>
        Start(model, lease: null, request, observed, new RequestDeadline(request.Timeout, time.GetTimestamp(), time), cancellation);

    private RunningCompletion Start(
        ServedLanguageModel model,
        IDisposable? lease,
        CompletionRequest request,
        ServedRequest observed,
        RequestDeadline deadline,
        CancellationToken cancellation)
    {
        (observed.Model, observed.Inputs) = (model.Metrics, request.Prompts.Prompts.Count);
        CompletionLimits.Check(request, model);
        model.Batcher.EnsureRoom(request.Prompts.Prompts.Count, deadline.Left);

        var output = new RelayedItems<CompletionPiece>(_relays[Interlocked.Increment(ref _started) % _relays.Length]);
        var maxTokens = request.MaxTokens ?? Math.Min(DefaultMaxTokens, model.Manifest.Limits.MaxOutputTokens!.Value);
        var plan = new CompletionPlan(request, model, maxTokens, request.Seed ?? Random.Shared.NextInt64(), output);
        var sequences = Sequences(plan, observed, () => deadline.ThrowIfOver(cancellation));
        var tokenized = time.GetElapsedTime(deadline.Started);
        deadline.ThrowIfOver(cancellation);
        model.Batcher.Enqueue(sequences);
        var rows = new RequestRows<ActiveSequence>(model.Batcher, sequences, request.Prompts.FieldOf, model, time);
        _ = EndAsync(output, rows.WaitAsync(deadline, tokenized, observed, cancellation));
        return new RunningCompletion(model, lease, output, sequences, observed.InputTokens);
    }

    private static CompletionSequence[] Sequences(CompletionPlan plan, ServedRequest observed, Action checkpoint)
    {
        // Runs are linked to the request's span, which the one of tokenization hides.
        var trace = Activity.Current?.Context ?? default;
        var prompts = plan.Request.Prompts;
        using var span = ServingTracing.StartTokenize(prompts.Prompts.Count);
        var ids = new PromptReader(plan.Model, prompts, continues: false).Read(checkpoint);
        observed.InputTokens = ids.Sum(row => row.Length);
        var sequences = new CompletionSequence[ids.Length];
        for (var i = 0; i < ids.Length; i++)
            sequences[i] = new CompletionSequence(plan, new CompletionPrompt(prompts.Prompts[i], ids[i], plan.Model.Tokenizer), i, trace) { Priority = plan.Request.Priority };
        return sequences;
    }

    // Whoever reads the pieces learns how it ended behind the last of them.
    private static async Task EndAsync(RelayedItems<CompletionPiece> output, Task rows)
    {
        try
        {
            await rows.ConfigureAwait(false);
            output.End();
        }
        catch (Exception e)
        {
            output.End(e);
        }
    }
}
