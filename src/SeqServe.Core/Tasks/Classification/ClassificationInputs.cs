using System.Diagnostics;
using SeqServe.Core.Batching;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Encoders;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Turns the texts of a request into rows, and refuses the request with all of its faulty texts named.</summary>
internal sealed class ClassificationInputs
{
    /// <summary>Most words of a request that can be explained: each costs a run of its own.</summary>
    internal const int MaxExplainedWords = 512;

    /// <summary>Most characters of such a request: every word left out makes a copy of its text.</summary>
    internal const int MaxExplainedCharacters = 32_768;

    private readonly ServedClassifier _model;
    private readonly ClassificationRequest _request;
    private readonly ActivityContext _trace;
    private readonly RequestDeadline _deadline;
    private readonly CancellationToken _cancellation;
    private InputFaults? _faults;

    private ClassificationInputs(
        ServedClassifier model, ClassificationRequest request, ActivityContext trace, RequestDeadline deadline, CancellationToken cancellation)
    {
        _model = model;
        _request = request;
        _trace = trace;
        _deadline = deadline;
        _cancellation = cancellation;
    }

    /// <summary>Tokenizes every text.</summary>
    /// <param name="model">The model that will take them.</param>
    /// <param name="request">The texts.</param>
    /// <param name="trace">The request's span.</param>
    /// <param name="deadline">Checked before each text.</param>
    /// <param name="cancellation">Cancelled when the caller has left; checked before each text.</param>
    /// <exception cref="ServingException">Texts are empty or too long, or there are too many words to explain; or the deadline has passed.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public static IReadOnlyList<ClassificationInput> Prepare(
        ServedClassifier model, ClassificationRequest request, ActivityContext trace, RequestDeadline deadline, CancellationToken cancellation)
    {
        var inputs = new ClassificationInputs(model, request, trace, deadline, cancellation);
        return inputs.Prepare();
    }

    private ClassificationInput[] Prepare()
    {
        var inputs = new ClassificationInput[_request.Texts.Count];
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = Tokenize(i)!;
        _faults?.ThrowIfAny();
        return _request.Explain ? Explain(inputs) : inputs;
    }

    private ClassificationInput? Tokenize(int index)
    {
        _deadline.ThrowIfOver(_cancellation);
        var text = _request.Texts[index];
        var limit = _model.Manifest.Limits.MaxInputTokens;
        var tokens = Encode(text, index);
        if (tokens.Fault is { } fault)
            return Fault(ServingErrorCode.InvalidRequest, index, fault);
        if (tokens.Ids.Length == 0)
            return Fault(ServingErrorCode.InputEmpty, index, "The text has nothing to classify; send at least one visible character.");
        if (tokens.Truncated && !_request.Truncate)
            return Fault(
                ServingErrorCode.InputTooLong, index, $"The text has more than the {limit} tokens this model takes; shorten it or send \"truncate\": true.");
        return new ClassificationInput(text, NewRow(tokens), tokens.Truncated);
    }

    private TokenizedText Encode(string text, int index)
    {
        var limit = _model.Manifest.Limits.MaxInputTokens;
        return _request.Pairs is { } pairs ? _model.Tokenizer.EncodePair(text, pairs[index], limit) : _model.Tokenizer.Encode(text, limit);
    }

    private EncoderRow NewRow(TokenizedText tokens) => new(tokens.Ids, _model.Labels.Count, _trace)
    {
        TypeIds = tokens.TypeIds,
        Priority = _request.Priority,
    };

    private ClassificationInput? Fault(ServingErrorCode code, int index, string message)
    {
        _faults ??= new InputFaults(_request.FieldOf);
        _faults.Add(code, index, message);
        return null;
    }

    private ClassificationInput[] Explain(ClassificationInput[] inputs)
    {
        RefuseToExplainCutTexts(inputs);
        var words = Array.ConvertAll(inputs, input => WordSpans.Split(input.Text));
        var count = words.Sum(w => w.Count);
        if (count > MaxExplainedWords || inputs.Sum(input => (long)input.Text.Length) > MaxExplainedCharacters)
            throw ServingException.ForField(
                ServingErrorCode.InvalidRequest, "explain",
                $"the texts have more than the {MaxExplainedWords} words or {MaxExplainedCharacters} characters that one request may have explained; "
                + "send fewer or shorter texts");

        _model.Batcher.EnsureRoom(inputs.Length + count);
        for (var i = 0; i < inputs.Length; i++)
        {
            var index = i;
            inputs[i] = inputs[i] with { Words = words[i], WithoutWord = words[i].ConvertAll(word => WithoutWord(index, word)) };
        }

        return inputs;
    }

    // Without a word of the part that was kept, words of the part that was cut would take its place, so the difference would not be due to that word.
    private void RefuseToExplainCutTexts(ClassificationInput[] inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Truncated)
                Fault(
                    ServingErrorCode.InvalidRequest, i,
                    $"The text has more than the {_model.Manifest.Limits.MaxInputTokens} tokens this model takes; "
                    + "a text that is cut cannot be explained, shorten it.");
        }

        _faults?.ThrowIfAny();
    }

    private EncoderRow? WithoutWord(int index, Range word)
    {
        _deadline.ThrowIfOver(_cancellation);
        var tokens = Encode(WordSpans.Without(_request.Texts[index], word), index);
        return tokens.Ids.Length == 0 ? null : NewRow(tokens);
    }
}

/// <summary>One text of a request with its row and, when asked to explain, a row per word left out.</summary>
/// <param name="Text">The text.</param>
/// <param name="Row">Its row.</param>
/// <param name="Truncated">Whether it was cut.</param>
internal sealed record ClassificationInput(string Text, EncoderRow Row, bool Truncated)
{
    public IReadOnlyList<Range> Words { get; init; } = [];

    /// <summary>One per word; null where nothing is left without the word.</summary>
    public IReadOnlyList<EncoderRow?> WithoutWord { get; init; } = [];
}
