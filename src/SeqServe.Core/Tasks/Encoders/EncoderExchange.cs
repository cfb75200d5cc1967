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
    /// <param name="steps">What the task does with each of them.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public Task<EncoderResponse<TResult>> RunAsync<TModel, TText, TResult>(
        string task, EncoderRequest request, EncoderSteps<TModel, TText, TResult> steps, ServedRequest observed, CancellationToken cancellation)
        where TModel : ServedEncoder
        where TText : EncoderText
    {
        var started = time.GetTimestamp();
        var lease = registry.Acquire<TModel>(task, request.Model, request.Version);
        return RunAsync(lease.Model, lease, request, steps, started, observed, cancellation);
    }

    /// <summary>The same with a model that the caller has leased.</summary>
    public Task<EncoderResponse<TResult>> RunAsync<TModel, TText, TResult>(
        TModel model, EncoderRequest request, EncoderSteps<TModel, TText, TResult> steps, ServedRequest observed, CancellationToken cancellation)
        where TModel : ServedEncoder
        where TText : EncoderText => RunAsync(model, lease: null, request, steps, time.GetTimestamp(), observed, cancellation);

    /// <summary>Tokenizes the texts of a request, with a row for each.</summary>
    /// <param name="request">The texts.</param>
    /// <param name="rows">Receives the rows.</param>
    /// <param name="model">The model.</param>
    /// <param name="read">Tokenizes the text at an index.</param>
    /// <param name="observed">Receives the number of tokens.</param>
    /// <exception cref="ServingException">Texts are empty or too long, all of them named; or the deadline has passed.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    internal static List<TText> Read<TModel, TText>(
        EncoderRequest request, ExchangeRows rows, TModel model, Func<TModel, int, TText> read, ServedRequest observed)
        where TModel : ServedEncoder
        where TText : EncoderText
    {
        InputFaults? faults = null;
        var texts = new List<TText>(request.Texts.Count);
        for (var i = 0; i < request.Texts.Count; i++)
        {
            rows.ThrowIfOver();
            var text = read(model, i);
            if (Fault(text, request, model) is var (code, message))
            {
                (faults ??= new InputFaults(request.FieldOf)).Add(code, i, message);
                continue;
            }

            texts.Add(text);
            rows.Add(i, text);
            observed.InputTokens += text.Ids.Length;
        }

        faults?.ThrowIfAny();
        return texts;
    }

    private async Task<EncoderResponse<TResult>> RunAsync<TModel, TText, TResult>(
        TModel model,
        ModelLease<TModel>? lease,
        EncoderRequest request,
        EncoderSteps<TModel, TText, TResult> steps,
        long started,
        ServedRequest observed,
        CancellationToken cancellation)
        where TModel : ServedEncoder
        where TText : EncoderText
    {
        using var held = lease;
        observed.Model = model.Metrics;
        observed.Inputs = request.Texts.Count;
        var deadline = new RequestDeadline(request.Timeout, started, time);
        model.Batcher.EnsureRoom(request.Texts.Count, deadline.Left);

        var (texts, rows) = Tokenize(request, model, steps, observed, deadline, cancellation);
        var tokenized = time.GetElapsedTime(started);
        deadline.ThrowIfOver(cancellation);
        model.Batcher.Enqueue(rows.All, new RunHint(model.Metrics.InFlight, HasDeadline: deadline.Timeout is not null));
        var timings = await new RequestRows<EncoderRow>(model.Batcher, rows.All, rows.FieldOf, model, deadline, cancellation)
            .WaitAsync(tokenized, observed).ConfigureAwait(false);
        var results = new TResult[texts.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = steps.Answer(model, texts[i], rows.All[i]);
        return new EncoderResponse<TResult>(model.Manifest.Name, model.Version, results, observed.InputTokens, timings);
    }

    private static (List<TText> Texts, ExchangeRows Rows) Tokenize<TModel, TText, TResult>(
        EncoderRequest request,
        TModel model,
        EncoderSteps<TModel, TText, TResult> steps,
        ServedRequest observed,
        RequestDeadline deadline,
        CancellationToken cancellation)
        where TModel : ServedEncoder
        where TText : EncoderText
    {
        // Batches are linked to the request's span, which the one of tokenization hides.
        var rows = new ExchangeRows(request, Activity.Current?.Context ?? default, deadline, cancellation);
        using var span = ServingTracing.StartTokenize(request.Texts.Count);
        var texts = Read(request, rows, model, steps.Read, observed);
        steps.Extend?.Invoke(model, texts, rows);
        return (texts, rows);
    }

    private static (ServingErrorCode Code, string Message)? Fault(EncoderText text, EncoderRequest request, ServedEncoder model)
    {
        if (text.Fault is { } fault)
            return (ServingErrorCode.InvalidRequest, fault);
        if (text.Ids.Length == 0)
            return (ServingErrorCode.InputEmpty, $"The text has nothing to {request.Verb}; send at least one visible character.");
        if (text.Truncated && !request.Truncate)
            return (
                ServingErrorCode.InputTooLong,
                $"The text has more than the {model.Manifest.Limits.MaxInputTokens} tokens this model takes; shorten it or send \"truncate\": true.");
        return null;
    }
}

/// <summary>What a task does with each text of a request.</summary>
/// <typeparam name="TModel">How the model must be loaded.</typeparam>
/// <typeparam name="TText">What is known of a text before its run.</typeparam>
/// <typeparam name="TResult">The answer to a text.</typeparam>
/// <param name="Read">Tokenizes the text at an index.</param>
/// <param name="Answer">Makes the answer to a text of what the graph gave for it.</param>
internal sealed record EncoderSteps<TModel, TText, TResult>(Func<TModel, int, TText> Read, Func<TModel, TText, EncoderRow, TResult> Answer)
{
    /// <summary>Adds rows beside those of the texts, once all texts are known to be without fault; null where there are none.</summary>
    public Action<TModel, IReadOnlyList<TText>, ExchangeRows>? Extend { get; init; }
}

/// <summary>The rows of one request: first one for each of its texts, then what the task has added.</summary>
/// <param name="request">The request.</param>
/// <param name="trace">Its span.</param>
/// <param name="deadline">Until when its answer is of use.</param>
/// <param name="cancellation">Cancelled when the caller has left.</param>
internal sealed class ExchangeRows(EncoderRequest request, ActivityContext trace, RequestDeadline deadline, CancellationToken cancellation)
{
    private readonly List<EncoderRow> _rows = new(request.Texts.Count);
    private readonly List<int> _texts = new(request.Texts.Count);

    /// <summary>All of them.</summary>
    public IReadOnlyList<EncoderRow> All => _rows;

    /// <summary>The name of the field of the text that a row, by its place, belongs to.</summary>
    public string FieldOf(int row) => request.FieldOf(_texts[row]);

    /// <summary>Adds a row.</summary>
    /// <param name="index">Index of the text that it belongs to.</param>
    /// <param name="text">What it holds.</param>
    public EncoderRow Add(int index, EncoderText text)
    {
        var row = new EncoderRow(text.Ids, text.Outputs, trace) { TypeIds = text.TypeIds, Priority = request.Priority };
        _rows.Add(row);
        _texts.Add(index);
        return row;
    }

    /// <inheritdoc cref="RequestDeadline.ThrowIfOver"/>
    public void ThrowIfOver() => deadline.ThrowIfOver(cancellation);
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
