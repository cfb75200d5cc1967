using System.Runtime.CompilerServices;
using System.Threading.Channels;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>A request whose sentences are queued or in flight. Dispose it: what is not finished then leaves its slots.</summary>
public sealed class RunningTranslation : IAsyncDisposable
{
    private readonly TranslationRequest _request;
    private readonly ServedTranslator _model;
    private readonly IDisposable? _lease;
    private readonly ServedRequest _observed;
    private readonly SourceText[] _texts;
    private readonly List<TranslationSequence> _sequences;
    private readonly Channel<ChosenToken>? _chosen;
    private readonly CancellationTokenSource _leaving;

    internal RunningTranslation(
        TranslationRequest request,
        ServedTranslator model,
        IDisposable? lease,
        ServedRequest observed,
        (SourceText[] Texts, List<TranslationSequence> Sequences) sources,
        Channel<ChosenToken>? chosen,
        TimeSpan tokenized,
        RequestDeadline deadline,
        CancellationToken cancellation)
    {
        _request = request;
        _model = model;
        _lease = lease;
        _observed = observed;
        (_texts, _sequences) = sources;
        _chosen = chosen;
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Completion = FinishAsync(tokenized, deadline);
    }

    /// <summary>The whole answer.</summary>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public Task<TranslationResponse> Completion { get; }

    /// <summary>The translations piece by piece, while they are made; only of a request that was started to be streamed, once.</summary>
    /// <param name="cancellation">Ends the wait for the next piece.</param>
    /// <exception cref="ServingException">The request failed in the middle.</exception>
    public async IAsyncEnumerable<TranslationDelta> ReadDeltas([EnumeratorCancellation] CancellationToken cancellation)
    {
        var texts = Array.ConvertAll(_texts, text => new TranslationDeltas(text, _model.Tokenizer));
        var textOf = TextsOfPlaces(texts);
        var deltas = new Queue<TranslationDelta>();
        foreach (var text in texts)
            text.Begin(deltas);
        while (true)
        {
            while (deltas.TryDequeue(out var delta))
                yield return delta;
            ChosenToken chosen;
            try
            {
                chosen = await _chosen!.Reader.ReadAsync(cancellation).ConfigureAwait(false);
            }
            catch (ChannelClosedException)
            {
                // What ended it is thrown here.
                await Completion.ConfigureAwait(false);
                yield break;
            }

            textOf[chosen.Place].Take(chosen, deltas);
        }
    }

    /// <summary>Cancels what is not finished, and ends the lease.</summary>
    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync().ConfigureAwait(false);
        await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _leaving.Dispose();
        _lease?.Dispose();
    }

    private TranslationDeltas[] TextsOfPlaces(TranslationDeltas[] texts)
    {
        var places = new TranslationDeltas[_sequences.Count];
        foreach (var text in _texts)
        {
            foreach (var sentence in text.Sentences)
            {
                if (sentence.Sequence is not null)
                    places[sentence.Place] = texts[text.Index];
            }
        }

        return places;
    }

    private async Task<TranslationResponse> FinishAsync(TimeSpan tokenized, RequestDeadline deadline)
    {
        var waiting = new RequestRows<ActiveSequence>(_model.Batcher, _sequences, FieldOf, _model, deadline, _leaving.Token);
        InferenceTimings timings;
        try
        {
            timings = await waiting.WaitAsync(tokenized, _observed).ConfigureAwait(false);
        }
        finally
        {
            _chosen?.Writer.TryComplete();
        }

        var outputTokens = 0;
        foreach (var sequence in _sequences)
            outputTokens += sequence.Hypotheses[0].Tokens.Length;
        var assembler = new TranslationAssembler(_request, _model.Tokenizer);
        return new TranslationResponse(
            _model.Manifest.Name,
            _model.Version,
            _model.Directions.Find(_request.Source, _request.Target),
            Array.ConvertAll(_texts, assembler.Assemble),
            _observed.InputTokens,
            outputTokens,
            timings);
    }

    private string FieldOf(int sequence)
    {
        var text = _texts.First(text => text.Sentences.Any(sentence => sentence.Sequence == _sequences[sequence]));
        return _request.FieldOf(text.Index);
    }
}
