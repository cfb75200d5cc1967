using System.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Models;

namespace SeqServe.Core.Inference;

/// <summary>Turns the texts of a request into rows, and refuses the request with all of its faulty texts named.</summary>
internal sealed class ClassificationInputs
{
    /// <summary>Most words of a request that can be explained: each costs a run of its own.</summary>
    internal const int MaxExplainedWords = 512;

    private readonly ServedClassifier _model;
    private readonly ClassificationRequest _request;
    private readonly ActivityContext _trace;
    private readonly Dictionary<string, string[]> _faults = [];
    private ServingErrorCode _firstFault;

    private ClassificationInputs(ServedClassifier model, ClassificationRequest request, ActivityContext trace)
    {
        _model = model;
        _request = request;
        _trace = trace;
    }

    /// <summary>Tokenizes every text.</summary>
    /// <exception cref="ServingException">Texts are empty or too long, or there are too many words to explain.</exception>
    public static IReadOnlyList<ClassificationInput> Prepare(ServedClassifier model, ClassificationRequest request, ActivityContext trace)
    {
        var inputs = new ClassificationInputs(model, request, trace);
        return inputs.Prepare();
    }

    private ClassificationInput[] Prepare()
    {
        var inputs = new ClassificationInput[_request.Texts.Count];
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = Tokenize(i)!;
        if (_faults.Count > 0)
            throw new ServingException(_firstFault, string.Join(" ", _faults.Take(3).Select(f => $"{f.Key}: {f.Value[0]}"))) { FieldErrors = _faults };
        return _request.Explain ? Explain(inputs) : inputs;
    }

    private ClassificationInput? Tokenize(int index)
    {
        var text = _request.Texts[index];
        var limit = _model.Manifest.Limits.MaxInputTokens;
        var tokens = _model.Tokenizer.Encode(text, limit);
        if (tokens.Ids.Length == 0)
            return Fault(ServingErrorCode.InputEmpty, index, "The text has nothing to classify; send at least one visible character.");
        if (tokens.Truncated && !_request.Truncate)
            return Fault(ServingErrorCode.InputTooLong, index, $"The text has more than the {limit} tokens this model takes; shorten it or send \"truncate\": true.");
        return new ClassificationInput(text, new ClassificationRow(tokens.Ids, _model.Labels.Count, _trace), tokens.Truncated);
    }

    private ClassificationInput? Fault(ServingErrorCode code, int index, string message)
    {
        if (_faults.Count == 0)
            _firstFault = code;
        _faults[_request.FieldOf(index)] = [message];
        return null;
    }

    private ClassificationInput[] Explain(ClassificationInput[] inputs)
    {
        var budget = MaxExplainedWords;
        for (var i = 0; i < inputs.Length; i++)
        {
            var words = WordSpans.Split(inputs[i].Text);
            budget -= words.Count;
            if (budget < 0)
                throw ServingException.ForField(ServingErrorCode.InvalidRequest, "explain", $"the texts have more than the {MaxExplainedWords} words that one request may have explained; send fewer or shorter texts");
            inputs[i] = inputs[i] with { Words = words, WithoutWord = words.ConvertAll(word => WithoutWord(inputs[i].Text, word)) };
        }

        return inputs;
    }

    private ClassificationRow? WithoutWord(string text, Range word)
    {
        var tokens = _model.Tokenizer.Encode(WordSpans.Without(text, word), _model.Manifest.Limits.MaxInputTokens);
        return tokens.Ids.Length == 0 ? null : new ClassificationRow(tokens.Ids, _model.Labels.Count, _trace);
    }
}
