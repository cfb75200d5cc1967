using System.Diagnostics;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.LanguageModeling.States;

namespace SeqServe.Core.Tasks.LanguageModeling.NextToken;

/// <summary>Text in, the most probable next tokens out; on request with the state to go on from.</summary>
public sealed class NextTokenPredictor(ModelRegistry registry, StateTokens states, TimeProvider time)
{
    /// <summary>Predicts what comes after texts. Each text's answer is the same whether it is sent alone or with others.</summary>
    /// <param name="request">The texts.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left: waiting texts then cost no run.</param>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public async Task<PredictionResponse> PredictAsync(PredictionRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        using var lease = registry.Acquire<ServedLanguageModel>(LanguageModelingTask.TaskName, request.Model, request.Version);
        var model = lease.Model;
        var count = request.Inputs.Prompts.Count;
        (observed.Model, observed.Inputs) = (model.Metrics, count);
        var begin = Begin(request, model);
        var deadline = new RequestDeadline(request.Timeout, started, time);
        model.Batcher.EnsureRoom(count, deadline.Left);

        var sequences = Sequences(request, model, begin, observed, () => deadline.ThrowIfOver(cancellation));
        var tokenized = time.GetElapsedTime(started);
        deadline.ThrowIfOver(cancellation);
        model.Batcher.Enqueue(sequences);
        var rows = new RequestRows<ActiveSequence>(model.Batcher, sequences, request.Inputs.FieldOf, model, deadline, cancellation);
        var timings = await rows.WaitAsync(tokenized, observed).ConfigureAwait(false);
        return new PredictionResponse(model.Manifest.Name, model.Version, Array.ConvertAll(sequences, s => Result(s, model)), observed.InputTokens, timings);
    }

    private PortableState? Begin(PredictionRequest request, ServedLanguageModel model)
    {
        if (request.State is null && !request.ReturnState)
            return null;
        var field = request.State is null ? "return_state" : "state";
        if (model.StateSize == 0)
            throw ServingException.ForField(
                ServingErrorCode.InvalidRequest, field,
                $"\"{model.Manifest.Name}\" keeps a key-value cache, which is too large to carry; "
                + "leave the field out and send the whole text, or name a recurrent model");
        if (request.State is null)
            return null;
        if (request.Inputs.Prompts.Count > 1)
            throw ServingException.ForField(ServingErrorCode.InvalidRequest, field, "belongs to one text; send one request for each");
        return states.Read(request.State, model);
    }

    private static NextTokenSequence[] Sequences(
        PredictionRequest request, ServedLanguageModel model, PortableState? begin, ServedRequest observed, Action checkpoint)
    {
        // Batches are linked to the request's span, which the one of tokenization hides.
        var trace = Activity.Current?.Context ?? default;
        using var span = ServingTracing.StartTokenize(request.Inputs.Prompts.Count);
        var ids = new PromptReader(model, request.Inputs, continues: begin is not null).Read(checkpoint);
        observed.InputTokens = ids.Sum(row => row.Length);
        return Array.ConvertAll(ids, row => new NextTokenSequence(row, request, begin, trace) { Priority = request.Priority });
    }

    private PredictedToken Result(NextTokenSequence sequence, ServedLanguageModel model)
    {
        var candidates = Array.ConvertAll(
            sequence.Candidates, c => new NextTokenCandidate(model.Tokenizer.TokenText(c.Id), c.Id, c.Probability, c.LogProbability));
        return new PredictedToken(candidates, sequence.Entropy, sequence.Length, sequence.State is { } state ? states.Write(state, model) : null);
    }
}
