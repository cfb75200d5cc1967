using System.Text;
using SeqServe.Core.Decoding;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>Joins the translations of a text's sentences to the translation of the text.</summary>
/// <param name="request">What was asked for.</param>
/// <param name="tokenizer">Turns ids into text.</param>
internal sealed class TranslationAssembler(TranslationRequest request, ITextTokenizer tokenizer)
{
    /// <summary>The translation of a text whose sequences are completed.</summary>
    public TranslatedText Assemble(SourceText text)
    {
        var reason = FinishReason.Eos;
        var most = 0;
        foreach (var sentence in text.Sentences)
        {
            if (sentence.Sequence is not { } sequence)
                continue;
            most = Math.Max(most, sequence.Hypotheses.Count);
            if (sequence.Hypotheses[0].FinishReason == FinishReason.Length)
                reason = FinishReason.Length;
        }

        var alternatives = new AlternativeTranslation[Math.Clamp(most - 1, 0, request.Alternatives)];
        for (var i = 0; i < alternatives.Length; i++)
            alternatives[i] = Join(text, i + 1);
        var best = Join(text, 0);
        return new TranslatedText(best.Translation, best.Score, reason, alternatives, request.Alignments ? Align(text) : []);
    }

    // A sentence with fewer translations than others contributes its best one.
    private AlternativeTranslation Join(SourceText text, int rank)
    {
        var joined = new StringBuilder();
        var score = 0.0;
        var count = 0;
        foreach (var sentence in text.Sentences)
        {
            if (sentence.Sequence is not { } sequence)
            {
                joined.Append(sentence.Text);
                continue;
            }

            var hypothesis = sequence.Hypotheses[rank < sequence.Hypotheses.Count ? rank : 0];
            joined.Append(tokenizer.Decode(hypothesis.Tokens));
            score += hypothesis.Score;
            count++;
        }

        return new AlternativeTranslation(joined.ToString(), count == 0 ? 0 : score / count);
    }

    private List<SentenceAlignment> Align(SourceText text)
    {
        var alignments = new List<SentenceAlignment>();
        foreach (var sentence in text.Sentences)
        {
            if (sentence.Sequence is { } sequence)
                alignments.Add(
                    new SentenceAlignment(Texts(sequence.Input), Texts(sequence.Hypotheses[0].Tokens), sequence.AttentionOf(sequence.Hypotheses[0])));
        }

        return alignments;
    }

    private string[] Texts(ReadOnlySpan<int> ids)
    {
        var texts = new string[ids.Length];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = tokenizer.TokenText(ids[i]);
        return texts;
    }
}
