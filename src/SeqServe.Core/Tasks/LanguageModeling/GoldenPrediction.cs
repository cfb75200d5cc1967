using SeqServe.Core.Decoding;

namespace SeqServe.Core.Tasks.LanguageModeling;

/// <summary>The text of a golden case, read to its end for the most probable next token.</summary>
/// <param name="ids">Its token ids.</param>
internal sealed class GoldenPrediction(int[] ids) : ActiveSequence(ids, 1, default)
{
    private TokenCandidate _best;

    /// <summary>The most probable next token and its probability.</summary>
    public static (string Answer, double Number) Answer(ServedLanguageModel model, string text)
    {
        var ids = new PromptReader(model, new PromptSet([Prompt.OfText(text)], IsSingle: true, "text"), continues: false).Read(static () => { })[0];
        var sequence = new GoldenPrediction(ids);
        model.Batcher.Enqueue([sequence]);
        sequence.Completion.GetAwaiter().GetResult();
        return (model.Tokenizer.TokenText(sequence._best.Id), sequence._best.Probability);
    }

    /// <inheritdoc/>
    public override void Advance(StepOutputs outputs, NextRows following) => _best = new NextTokenDistribution(outputs.Logits(0)).Best(1)[0];
}
