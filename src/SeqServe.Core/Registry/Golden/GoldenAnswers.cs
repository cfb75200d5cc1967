using SeqServe.Core.Batching;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.NextToken;
using SeqServe.Core.Tasks.LanguageModeling.Prompts;
using SeqServe.Core.Tasks.Translation;

namespace SeqServe.Core.Registry.Golden;

/// <summary>What a version answers to one text, by the same steps as a request with the route's defaults.</summary>
internal static class GoldenAnswers
{
    /// <summary>The best label and its probability.</summary>
    public static (string Answer, double Number) Classify(ServedClassifier model, string text)
    {
        var input = ClassificationInputs.Prepare(model, new ClassificationRequest([text]) { IsSingle = true }, default, default, CancellationToken.None)[0];
        model.Batcher.Enqueue([input.Row]);
        Wait(input.Row);
        var best = LabelRanking.Rank(input, model.Labels, 1).Scores[0];
        return (best.Label, best.Score);
    }

    /// <summary>The greedy translation and its score.</summary>
    public static (string Answer, double Number) Translate(ServedTranslator model, string text)
    {
        var request = new TranslationRequest([text]) { IsSingle = true };
        var options = new SearchOptions(request.Beams, request.LengthPenalty, null, model.Manifest.Limits.MaxOutputTokens!.Value, model.EndId, KeepAttention: false);
        var (texts, sequences) = SourceTexts.Prepare(model, request, options, null, default, static () => { });
        model.Batcher.Enqueue(sequences);
        sequences.ForEach(Wait);
        var translated = new TranslationAssembler(request, model.Tokenizer).Assemble(texts[0]);
        return (translated.Translation, translated.Score);
    }

    /// <summary>The most probable next token and its probability.</summary>
    public static (string Answer, double Number) Predict(ServedLanguageModel model, string text)
    {
        var request = new PredictionRequest(new PromptSet([Prompt.OfText(text)], true, "text")) { TopK = 1 };
        var ids = new PromptReader(model, request.Inputs, continues: false).Read(static () => { })[0];
        var sequence = new NextTokenSequence(ids, request, null, default);
        model.Batcher.Enqueue([sequence]);
        Wait(sequence);
        return (model.Tokenizer.TokenText(sequence.Candidates[0].Id), sequence.Candidates[0].Probability);
    }

    private static void Wait(QueuedRow row) => row.Completion.GetAwaiter().GetResult();
}
