using System.Buffers;
using SeqServe.Core.Decoding;
using SeqServe.Core.Decoding.Generation;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>One answer while it is made: chooses its tokens, turns them into text, and knows when it ends. Lives on the loop's thread.</summary>
internal sealed class CompletionChoice
{
    private readonly CompletionPlan _plan;
    private readonly int _index;
    private readonly int _maxTokens;
    private readonly Sampler _sampler;
    private readonly AnswerRules? _rules;
    private readonly IDetokenizer _text;
    private readonly StopSequences _stops;
    private readonly List<CompletedToken> _waiting = [];
    private int _decoded;
    private int _sent;

    /// <summary>Begins an answer.</summary>
    /// <param name="plan">What it has in common with the others.</param>
    /// <param name="index">Its number in the request.</param>
    /// <param name="stream">Its number among the answers to its prompt; its random numbers depend on it.</param>
    /// <param name="prompt">What it answers.</param>
    public CompletionChoice(CompletionPlan plan, int index, int stream, CompletionPrompt prompt)
    {
        _plan = plan;
        _index = index;
        _maxTokens = prompt.MaxTokens;
        _rules = plan.Model.NewRules(prompt.MaxTokens) is { IsEmpty: false } rules ? rules : null;
        _sampler = new Sampler(plan.Request.Sampling.Or(plan.Model.Sampling), new CounterRandom(plan.Seed, stream));
        _text = plan.Model.Tokenizer.NewDetokenizer(continuesText: prompt.Text.Length > 0);
        _stops = new StopSequences(plan.Request.Stops);
        _decoded = _sent = prompt.Text.Length;
    }

    /// <summary>Tokens chosen so far, the end id among them.</summary>
    public int Tokens { get; private set; }

    /// <summary>Begins with the prompt itself.</summary>
    public void Echo(CompletionPrompt prompt) => Send(prompt.Text, [.. prompt.Tokens], null);

    /// <summary>Ends at once, where no token is wanted.</summary>
    public void EndEmpty() => Send("", [], FinishReason.Length);

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">Logits <c>[V]</c> behind what there is.</param>
    /// <param name="token">The token to go on with.</param>
    /// <returns>Whether the answer goes on.</returns>
    public bool TryAdvance(ReadOnlySpan<float> logits, out int token)
    {
        if (!TryChoose(logits, out token))
            return End(FinishReason.Length);
        Tokens++;
        if (_plan.Model.EndIds.Contains(token))
            return End(FinishReason.Eos);

        if (_plan.Request.LogProbabilities is not null)
            _waiting.Add(_plan.Describe(logits, token, _decoded));
        var text = _text.Append(token);
        _decoded += text.Length;
        var certain = _stops.Append(text);
        if (_stops.IsStopped)
            return EndAtStop(certain);
        if (Tokens == _maxTokens)
            return End(FinishReason.Length, certain);
        if (certain.Length > 0)
            Send(certain, Release(_sent + certain.Length), null);
        return true;
    }

    // Not, where the model's settings forbid every token.
    private bool TryChoose(ReadOnlySpan<float> logits, out int token)
    {
        if (_rules is null)
        {
            token = _sampler.Next(logits);
            return true;
        }

        var rented = ArrayPool<float>.Shared.Rent(logits.Length);
        try
        {
            var scores = rented.AsSpan(0, logits.Length);
            var isAny = _rules.TryApply(logits, scores);
            token = isAny ? _sampler.Next(scores) : -1;
            if (isAny)
                _rules.Add(token);
            return isAny;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private bool End(FinishReason reason, string certain = "")
    {
        certain += _stops.Append(_text.Finish());
        if (_stops.IsStopped)
            return EndAtStop(certain);
        Send(certain + _stops.Finish(), Release(int.MaxValue), reason);
        return false;
    }

    private bool EndAtStop(string certain)
    {
        Send(certain, Release(_sent + certain.Length), FinishReason.Stop);
        return false;
    }

    /// <summary>Tokens whose text begins before this place.</summary>
    private List<CompletedToken> Release(int end)
    {
        var count = _waiting.FindIndex(t => t.Offset >= end);
        var released = _waiting.GetRange(0, count < 0 ? _waiting.Count : count);
        _waiting.RemoveRange(0, released.Count);
        return released;
    }

    private void Send(string text, IReadOnlyList<CompletedToken> tokens, FinishReason? finish)
    {
        _sent += text.Length;
        _plan.Output.TryWrite(new CompletionPiece(_index, text, tokens, finish));
    }
}
