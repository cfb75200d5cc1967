using System.Diagnostics;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Registry;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Encoders;

/// <summary>The way of a request through a model that reads whole texts: lease, admission, tokenization, batch, results.</summary>
/// <param name="registry">Where models are leased.</param>
/// <param name="time">The clock.</param>
internal sealed class EncoderExchange(ModelRegistry registry, TimeProvider time)
{
    /// <summary>Runs a request. Each text's answer is the same whether it is sent alone or with others.</summary>
    /// <typeparam name="TModel">How the model must be loaded.</typeparam>
    /// <typeparam name="TText">What is known of a text before its run.</typeparam>
    /// <typeparam name="TResult">The answer to a text.</typeparam>
    /// <param name="task">The model's task.</param>
    /// <param name="request">The texts.</param>
    /// <param name="read">Tokenizes the text at an index.</param>
    /// <param name="answer">Makes the answer to a text of what the graph gave for it.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public async Task<EncoderResponse<TResult>> RunAsync<TModel, TText, TResult>(
        string task,
        EncoderRequest request,
        Func<TModel, int, TText> read,
        Func<TModel, TText, EncoderRow, TResult> answer,
        ServedRequest observed,
        CancellationToken cancellation)
        where TModel : ServedEncoder
        where TText : EncoderText
    {
        var started = time.GetTimestamp();
        using var lease = registry.Acquire<TModel>(task, request.Model, request.Version);
        var model = lease.Model;
        observed.Model = model.Metrics;
        observed.Inputs = request.Texts.Count;
        var deadline = new RequestDeadline(request.Timeout, started, time);
        model.Batcher.EnsureRoom(request.Texts.Count, deadline.Left);

        var (texts, rows) = Tokenize(request, model, read, observed, deadline, cancellation);
        var tokenized = time.GetElapsedTime(started);
        deadline.ThrowIfOver(cancellation);
        model.Batcher.Enqueue(rows, new RunHint(model.Metrics.InFlight, HasDeadline: deadline.Timeout is not null));
        var timings = await new RequestRows<EncoderRow>(model.Batcher, rows, request.FieldOf, model, deadline, cancellation)
            .WaitAsync(tokenized, observed).ConfigureAwait(false);
        var results = new TResult[rows.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = answer(model, texts[i], rows[i]);
        return new EncoderResponse<TResult>(model.Manifest.Name, model.Version, results, observed.InputTokens, timings);
    }

    private static (IReadOnlyList<TText> Texts, IReadOnlyList<EncoderRow> Rows) Tokenize<TModel, TText>(
        EncoderRequest request, TModel model, Func<TModel, int, TText> read, ServedRequest observed, RequestDeadline deadline, CancellationToken cancellation)
        where TModel : ServedEncoder
        where TText : EncoderText
    {
        // Batches are linked to the request's span, which the one of tokenization hides.
        var trace = Activity.Current?.Context ?? default;
        using var span = ServingTracing.StartTokenize(request.Texts.Count);
        var faults = new InputFaults(request.FieldOf);
        var texts = new List<TText>(request.Texts.Count);
        var rows = new List<EncoderRow>(request.Texts.Count);
        for (var i = 0; i < request.Texts.Count; i++)
        {
            deadline.ThrowIfOver(cancellation);
            var text = read(model, i);
            if (Fault(text, request, model) is var (code, message))
            {
                faults.Add(code, i, message);
                continue;
            }

            texts.Add(text);
            rows.Add(new EncoderRow(text.Ids, text.Outputs, trace) { TypeIds = text.TypeIds, Priority = request.Priority });
            observed.InputTokens += text.Ids.Length;
        }

        faults.ThrowIfAny();
        return (texts, rows);
    }

    private static (ServingErrorCode Code, string Message)? Fault(EncoderText text, EncoderRequest request, ServedEncoder model)
    {
        if (text.Fault is { } fault)
            return (ServingErrorCode.InvalidRequest, fault);
        if (text.Ids.Length == 0)
            return (ServingErrorCode.InputEmpty, "The text has nothing to read; send at least one visible character.");
        if (text.Truncated && !request.Truncate)
            return (
                ServingErrorCode.InputTooLong,
                $"The text has more than the {model.Manifest.Limits.MaxInputTokens} tokens this model takes; shorten it or send \"truncate\": true.");
        return null;
    }
}

/// <summary>A text that has been tokenized.</summary>
/// <param name="Ids">Its token ids; empty when there is nothing to read.</param>
/// <param name="TypeIds">The type of each, or empty where all are 0.</param>
/// <param name="Truncated">Whether it was cut.</param>
/// <param name="Outputs">How many numbers are kept of what the graph gives for it.</param>
internal record EncoderText(int[] Ids, int[] TypeIds, bool Truncated, int Outputs)
{
    /// <summary>Why it cannot be encoded; null when it can.</summary>
    public string? Fault { get; init; }

    /// <summary>A text as a tokenizer gives it.</summary>
    public static EncoderText Of(TokenizedText text, int outputs) => new(text.Ids, text.TypeIds, text.Truncated, outputs) { Fault = text.Fault };
}
