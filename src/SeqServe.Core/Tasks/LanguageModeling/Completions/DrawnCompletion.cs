using System.Diagnostics;
using SeqServe.Core.Decoding;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>
/// One prompt and all of its answers, token by token: the prompt is read once, then each answer is a row. Where the prompt's own tokens are wanted, it is
/// read one token a step, so that every place of it shows its distribution.
/// </summary>
internal sealed class DrawnCompletion : CompletionSequence
{
    private readonly CompletionPlan _plan;
    private readonly CompletionPrompt _prompt;
    private readonly List<CompletionChoice> _live = [];
    private readonly int _firstChoice;
    private bool _answers;

    /// <summary>Makes a sequence.</summary>
    /// <param name="plan">What it has in common with the request's others.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="index">The prompt's number in the request.</param>
    /// <param name="traceContext">The request's span.</param>
    public DrawnCompletion(CompletionPlan plan, CompletionPrompt prompt, int index, ActivityContext traceContext)
        : base((plan.ScoresPrompt ? prompt.Ids[..1] : prompt.Ids).ToArray(), plan.Request.Choices, traceContext)
    {
        _plan = plan;
        _prompt = prompt;
        MostSteps = prompt.MaxTokens + (plan.ScoresPrompt ? prompt.Ids.Length : 0);
        _firstChoice = index * plan.Request.Choices;
        if (plan.ScoresPrompt)
            prompt.NoteFirst(plan.Model.Tokenizer);
    }

    /// <inheritdoc/>
    public override void Advance(StepOutputs outputs, NextRows following)
    {
        if (_plan.ScoresPrompt && !_prompt.IsKnown)
        {
            var id = _prompt.NoteNext(_plan, outputs.Logits(0));
            if (!_prompt.IsKnown || _prompt.MaxTokens > 0)
            {
                following.Add(0, id);
                return;
            }
        }

        if (_answers)
            AdvanceEach(outputs, following);
        else
            Begin(outputs, following);
    }

    private void Begin(StepOutputs outputs, NextRows following)
    {
        _answers = true;
        for (var i = 0; i < _plan.Request.Choices; i++)
        {
            var choice = new CompletionChoice(_plan, _firstChoice + i, i, _prompt);
            if (_plan.Request.Echo)
                choice.Echo(_prompt);
            if (_prompt.MaxTokens == 0)
                choice.EndEmpty();
            else if (Advance(choice, outputs, 0, following))
                _live.Add(choice);
        }
    }

    private void AdvanceEach(StepOutputs outputs, NextRows following)
    {
        var kept = 0;
        for (var row = 0; row < _live.Count; row++)
        {
            if (Advance(_live[row], outputs, row, following))
                _live[kept++] = _live[row];
        }

        _live.RemoveRange(kept, _live.Count - kept);
    }

    private bool Advance(CompletionChoice choice, StepOutputs outputs, int row, NextRows following)
    {
        var before = choice.Tokens;
        var goesOn = choice.TryAdvance(outputs.Logits(row), out var token);
        if (goesOn)
            following.Add(row, token);
        Count(choice.Tokens - before);
        return goesOn;
    }
}
