using System.Diagnostics;
using System.Threading.Channels;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>Prompt in, answer out, token by token: what a language model continues it by, or what an encoder-decoder makes of it.</summary>
public sealed class TextCompleter(ModelRegistry registry, TimeProvider time)
{
    /// <summary>Begins to continue prompts. Everything that can be refused is refused here, before anything is answered.</summary>
    /// <param name="request">The prompts.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left: the answers then end.</param>
    /// <returns>The answers; the caller disposes them.</returns>
    /// <exception cref="ServingException">The request was refused; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public RunningCompletion Start(CompletionRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        // Only by its name: without one it is the default language model that answers.
        var task = request.Model is { } name && registry.TaskOf(name) == TranslationTask.TaskName ? TranslationTask.TaskName : LanguageModelingTask.TaskName;
        var lease = registry.Acquire<ServedDecoder>(task, request.Model, request.Version);
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
    /// As <see cref="Start(CompletionRequest, ServedRequest, CancellationToken)"/>, with a model that the caller has leased and keeps until the answers are
    /// disposed.
    /// </summary>
    internal RunningCompletion Start(ServedDecoder model, CompletionRequest request, ServedRequest observed, CancellationToken cancellation) =>
        Start(model, lease: null, request, observed, new RequestDeadline(request.Timeout, time.GetTimestamp(), time), cancellation);

    private RunningCompletion Start(
        ServedDecoder model,
        IDisposable? lease,
        CompletionRequest request,
        ServedRequest observed,
        RequestDeadline deadline,
        CancellationToken cancellation)
    {
        (observed.Model, observed.Inputs) = (model.Metrics, request.Prompts.Prompts.Count);
        CompletionLimits.Check(request, model);
        model.Batcher.EnsureRoom(request.Prompts.Prompts.Count, deadline.Left);

        // The loop never waits for a reader, so the channel takes whatever it is given; the most tokens of the answers bound it.
        var pieces = Channel.CreateUnbounded<CompletionPiece>(new UnboundedChannelOptions { SingleReader = true });
        var ids = Read(request, model, observed, () => deadline.ThrowIfOver(cancellation));
        var plan = new CompletionPlan(request, model, request.Seed ?? Random.Shared.NextInt64(), pieces.Writer);
        var sequences = Sequences(plan, ids);
        var tokenized = time.GetElapsedTime(deadline.Started);
        deadline.ThrowIfOver(cancellation);
        model.Batcher.Enqueue(sequences);
        var rows = new RequestRows<ActiveSequence>(model.Batcher, sequences, request.Prompts.FieldOf, model, deadline, cancellation);
        _ = EndAsync(pieces.Writer, rows.WaitAsync(tokenized, observed));
        return new RunningCompletion(model, lease, pieces.Reader, sequences, observed.InputTokens);
    }

    private static int[][] Read(CompletionRequest request, ServedDecoder model, ServedRequest observed, Action checkpoint)
    {
        using var span = ServingTracing.StartTokenize(request.Prompts.Prompts.Count);
        var ids = new PromptReader(model, request.Prompts, continues: false).Read(checkpoint);
        observed.InputTokens = ids.Sum(row => row.Length);
        return ids;
    }

    private static CompletionSequence[] Sequences(CompletionPlan plan, int[][] ids)
    {
        // Runs are linked to the request's span.
        var trace = Activity.Current?.Context ?? default;
        var prompts = plan.Request.Prompts;
        var sequences = new CompletionSequence[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            var maxTokens = CompletionLimits.MaxTokens(plan.Request, plan.Model, ids[i].Length);
            var prompt = new CompletionPrompt(prompts.Prompts[i], ids[i], maxTokens, plan.Model);
            sequences[i] = Sequence(plan, prompt, i, trace);
        }

        return sequences;
    }

    private static CompletionSequence Sequence(CompletionPlan plan, CompletionPrompt prompt, int index, ActivityContext trace)
    {
        var request = plan.Request;
        if (!request.Sampling.IsUnset || plan.Model.PlanBeams(request.Choices, prompt.MaxTokens) is not { } beams)
            return new DrawnCompletion(plan, prompt, index, trace) { Priority = request.Priority };
        if (request.LogProbabilities is not null)
            throw ServingException.ForField(ServingErrorCode.InvalidRequest, "logprobs",
                $"\"{plan.Model.Manifest.Name}\" answers by a search of {beams.Beams} beams, whose tokens have none; "
                + "send \"temperature\": 0 as well, or leave it out");
        return new SearchedCompletion(plan, prompt, beams, index, trace) { Priority = request.Priority };
    }

    // The reader learns behind the last piece how the request ended.
    private static async Task EndAsync(ChannelWriter<CompletionPiece> pieces, Task rows)
    {
        try
        {
            await rows.ConfigureAwait(false);
            pieces.TryComplete();
        }
        catch (Exception e)
        {
            pieces.TryComplete(e);
        }
    }
}
