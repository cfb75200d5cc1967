using System.Diagnostics;
using SeqServe.Core.Decoding;
using SeqServe.Core.Decoding.Generation;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>One prompt and the best answers of a beam search, which are known at its end only.</summary>
internal sealed class SearchedCompletion : CompletionSequence
{
    private readonly CompletionPlan _plan;
    private readonly ISearch _search;
    private readonly int _firstChoice;

    /// <summary>Makes a sequence.</summary>
    /// <param name="plan">What it has in common with the request's others.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="beams">The search, at its beginning.</param>
    /// <param name="index">The prompt's number in the request.</param>
    /// <param name="traceContext">The request's span.</param>
    public SearchedCompletion(CompletionPlan plan, CompletionPrompt prompt, BeamPlan beams, int index, ActivityContext traceContext)
        : base(prompt.Ids.ToArray(), beams.Beams, traceContext)
    {
        _plan = plan;
        _search = beams.Search;
        MostSteps = prompt.MaxTokens;
        _firstChoice = index * plan.Request.Choices;
    }

    /// <inheritdoc/>
    public override void Advance(StepOutputs outputs, NextRows following)
    {
        for (var row = 0; row < outputs.Count; row++)
            _search.Read(outputs.Logits(row));
        var continuations = _search.Advance();
        foreach (var next in continuations)
            following.Add(next.Parent, next.Token);
        if (continuations.IsEmpty)
            Answer(_search.Hypotheses);
    }

    // A search that found fewer answers than were asked for gives its best one in their place.
    private void Answer(IReadOnlyList<Hypothesis> found)
    {
        for (var i = 0; i < _plan.Request.Choices; i++)
        {
            var hypothesis = found[i < found.Count ? i : 0];
            Count(hypothesis.Tokens.Length + (hypothesis.FinishReason == FinishReason.Eos ? 1 : 0));
            var stops = new StopSequences(_plan.Request.Stops);
            var text = stops.Append(_plan.Model.Tokenizer.Decode(hypothesis.Tokens));
            var reason = stops.IsStopped ? FinishReason.Stop : hypothesis.FinishReason;
            _plan.Output.TryWrite(new CompletionPiece(_firstChoice + i, text + stops.Finish(), [], reason));
        }
    }
}
