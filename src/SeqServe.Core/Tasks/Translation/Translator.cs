using System.Diagnostics;
using System.Threading.Channels;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>Text in, translated text out: lease, admission, sentences, tokenization, decoding steps, joining.</summary>
public sealed class Translator(TranslationModels models, TimeProvider time)
{
    /// <summary>Translates texts. Each text's answer is the same whether it is sent alone, with others, or streamed.</summary>
    /// <param name="request">The texts.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left: its sentences then leave their slots before the next step.</param>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public async Task<TranslationResponse> TranslateAsync(TranslationRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var running = Start(request, observed, streamed: false, cancellation);
        await using (running.ConfigureAwait(false))
            return await running.Completion.ConfigureAwait(false);
    }

    /// <summary>As <see cref="TranslateAsync(TranslationRequest, ServedRequest, CancellationToken)"/>, with a model that the caller has leased.</summary>
    internal async Task<TranslationResponse> TranslateAsync(
        ServedTranslator model, TranslationRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var deadline = new RequestDeadline(request.Timeout, time.GetTimestamp(), time);
        var running = Start(model, lease: null, request, observed, streamed: false, deadline, cancellation);
        await using (running.ConfigureAwait(false))
            return await running.Completion.ConfigureAwait(false);
    }

    /// <summary>Does all that can refuse the request, and queues its sentences.</summary>
    /// <param name="request">The texts.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="streamed">Whether <see cref="RunningTranslation.ReadDeltas"/> will be read.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <returns>The translation in flight; the caller disposes it.</returns>
    /// <exception cref="ServingException">The request is refused; see its code.</exception>
    public RunningTranslation Start(TranslationRequest request, ServedRequest observed, bool streamed, CancellationToken cancellation)
    {
        var deadline = new RequestDeadline(request.Timeout, time.GetTimestamp(), time);
        var lease = models.Acquire(request);
        try
        {
            return Start(lease.Model, lease, request, observed, streamed, deadline, cancellation);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private RunningTranslation Start(
        ServedTranslator model,
        IDisposable? lease,
        TranslationRequest request,
        ServedRequest observed,
        bool streamed,
        RequestDeadline deadline,
        CancellationToken cancellation)
    {
        observed.Model = model.Metrics;
        observed.Inputs = request.Texts.Count;
        var options = Options(request, model, streamed);
        model.Batcher.EnsureRoom(request.Texts.Count, deadline.Left);

        // The loop never waits for a reader, so the channel takes whatever it is given; the most tokens of the sentences bound it.
        var chosen = streamed ? Channel.CreateUnbounded<ChosenToken>(new UnboundedChannelOptions { SingleReader = true }) : null;
        var sources = Tokenize(model, request, options, chosen, observed, () => deadline.ThrowIfOver(cancellation));
        var tokenized = time.GetElapsedTime(deadline.Started);
        deadline.ThrowIfOver(cancellation);
        model.Batcher.Enqueue(sources.Sequences);
        return new RunningTranslation(request, model, lease, observed, sources, chosen, tokenized, deadline, cancellation);
    }

    /// <summary>The greedy translation and its score.</summary>
    internal static (string Answer, double Number) AnswerGolden(ServedTranslator model, string text)
    {
        var request = new TranslationRequest([text]) { IsSingle = true };
        var options = SearchOptions.Of(request, model);
        var (texts, sequences) = SourceTexts.Prepare(model, request, options, null, default, static () => { });
        model.Batcher.Enqueue(sequences);
        sequences.ForEach(static sequence => sequence.Completion.GetAwaiter().GetResult());
        var translated = new TranslationAssembler(request, model.Tokenizer).Assemble(texts[0]);
        return (translated.Translation, translated.Score);
    }

    private static SearchOptions Options(TranslationRequest request, ServedTranslator model, bool streamed)
    {
        var maxBeams = Math.Min(TranslationRequest.MaxBeams, model.Batcher.Limits.MaxBatchSize);
        var modelMaxTokens = model.Manifest.Limits.MaxOutputTokens!.Value;
        if (request.BeamSize is { } beams && (beams < 1 || beams > maxBeams))
            throw Refuse("beam_size", $"must be in 1–{maxBeams}");
        if (request.Alternatives < 0 || request.Alternatives > (request.BeamSize ?? maxBeams - 1))
            throw Refuse("alternatives", request.BeamSize is { } size ? $"must be in 0–{size}, the beam_size" : $"must be in 0–{maxBeams - 1}");
        if (streamed && request.BeamsOf(model) > 1)
            throw Refuse("stream", "results of beam search cannot be streamed; send \"beam_size\": 1 and no alternatives");
        if (!((request.LengthPenalty ?? 1) is >= 0 and <= TranslationRequest.LargestLengthPenalty))
            throw Refuse("length_penalty", $"must be in 0–{TranslationRequest.LargestLengthPenalty}");
        if (request.MaxTokens is { } tokens && (tokens < 1 || tokens > modelMaxTokens))
            throw Refuse("max_tokens", $"must be in 1–{modelMaxTokens}, the limit of this model");
        if (request.Alignments && !model.GivesAttention)
            throw Refuse("alignments", $"model \"{model.Manifest.Name}\" has no attention and so no alignments; leave it out or name another model");
        return SearchOptions.Of(request, model);
    }

    private static ServingException Refuse(string field, string message) => ServingException.ForField(ServingErrorCode.InvalidRequest, field, message);

    private static (SourceText[] Texts, List<TranslationSequence> Sequences) Tokenize(
        ServedTranslator model, TranslationRequest request, SearchOptions options, Channel<ChosenToken>? chosen, ServedRequest observed, Action checkpoint)
    {
        // Batches are linked to the request's span, which the one of tokenization hides.
        var trace = Activity.Current?.Context ?? default;
        using var span = ServingTracing.StartTokenize(request.Texts.Count);
        var sources = SourceTexts.Prepare(model, request, options, chosen?.Writer, trace, checkpoint);
        foreach (var sequence in sources.Sequences)
            observed.InputTokens += sequence.Length;
        return sources;
    }
}
