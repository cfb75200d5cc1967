using System.Diagnostics;
using System.Threading.Channels;
using SeqServe.Core.Errors;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>Turns the texts of a request into sequences, and refuses the request with all of its faulty texts named.</summary>
internal sealed class SourceTexts
{
    /// <summary>
    /// A line of at most this many tokens is translated in one piece, also when it holds several sentences: models are trained on such, and one short sentence
    /// is context for the next.
    /// </summary>
    internal const int MaxUnsplitTokens = 40;

    private readonly ServedTranslator _model;
    private readonly TranslationRequest _request;
    private readonly ChannelWriter<ChosenToken>? _chosen;
    private readonly ActivityContext _trace;
    private readonly SearchOptions _options;
    private readonly List<TranslationSequence> _sequences = [];
    private readonly InputFaults _faults;

    private SourceTexts(ServedTranslator model, TranslationRequest request, SearchOptions options, ChannelWriter<ChosenToken>? chosen, ActivityContext trace)
    {
        _model = model;
        _request = request;
        _options = options;
        _chosen = chosen;
        _trace = trace;
        _faults = new InputFaults(request.FieldOf);
    }

    /// <summary>Cuts and tokenizes every text.</summary>
    /// <param name="model">The model that will take them.</param>
    /// <param name="request">The texts.</param>
    /// <param name="options">How they are searched.</param>
    /// <param name="chosen">Receives tokens as they are chosen, or null.</param>
    /// <param name="trace">The request's span.</param>
    /// <param name="checkpoint">Called before each sentence; throws when the caller has left or the deadline has passed.</param>
    /// <returns>The texts, and the sequences of all of them.</returns>
    /// <exception cref="ServingException">Texts are empty or too long.</exception>
    public static (SourceText[] Texts, List<TranslationSequence> Sequences) Prepare(
        ServedTranslator model, TranslationRequest request, SearchOptions options, ChannelWriter<ChosenToken>? chosen, ActivityContext trace, Action checkpoint)
    {
        var texts = new SourceTexts(model, request, options, chosen, trace);
        var prepared = new SourceText[request.Texts.Count];
        for (var i = 0; i < prepared.Length; i++)
            prepared[i] = texts.Prepare(i, checkpoint);
        texts._faults.ThrowIfAny();
        return (prepared, texts._sequences);
    }

    private SourceText Prepare(int index, Action checkpoint)
    {
        var text = _request.Texts[index];
        var sentences = new List<SourceSentence>();
        if (text.Length > TranslationRequest.MaxCharacters)
            _faults.Add(ServingErrorCode.InputTooLong, index,
                $"The text has more than the {TranslationRequest.MaxCharacters} characters that are translated at once; send it in parts.");
        else if (TextNormalizer.Normalize(text, TextNormalization.Nfkc).Length == 0)
            _faults.Add(ServingErrorCode.InputEmpty, index, "The text has nothing to translate; send at least one visible character.");
        else
            Cut(text, index, sentences, checkpoint);
        return new SourceText(index, sentences);
    }

    private void Cut(string text, int index, List<SourceSentence> sentences, Action checkpoint)
    {
        if (_model.Directions.IsNone)
        {
            // What is done with the text is not known to be done sentence by sentence.
            sentences.Add(Tokenize(text, index, checkpoint));
            return;
        }

        var segments = new List<TextSegment>();
        var parts = new List<TextSegment>();
        SentenceSplitter.Lines(text, segments);
        foreach (var segment in segments)
        {
            if (!segment.HasWords)
            {
                sentences.Add(new SourceSentence(segment.Text, null, -1));
                continue;
            }

            checkpoint();
            var whole = Encode(segment.Text);
            if (!whole.Truncated && (whole.Ids.Length <= MaxUnsplitTokens || _model.Section.Generation is not null))
            {
                sentences.Add(Translate(segment.Text, whole.Ids));
                continue;
            }

            parts.Clear();
            SentenceSplitter.Sentences(segment.Text, parts);
            foreach (var part in parts)
                sentences.Add(part.HasWords ? Tokenize(part.Text, index, checkpoint) : new SourceSentence(part.Text, null, -1));
        }
    }

    private TokenizedText Encode(string text)
    {
        var tokens = _model.ReadPrompt(text, ModelMaxTokens);
        if (_options.SourceToken is { } token)
            _model.SetSource(tokens.Ids, token);
        return tokens;
    }

    private int ModelMaxTokens => _model.Manifest.Limits.MaxInputTokens;

    private SourceSentence Tokenize(string sentence, int index, Action checkpoint)
    {
        checkpoint();
        var tokens = Encode(sentence);
        if (!tokens.Truncated)
            return Translate(sentence, tokens.Ids);
        _faults.Add(
            ServingErrorCode.InputTooLong, index,
            $"A sentence of the text has more than the {ModelMaxTokens} tokens this model takes; "
            + $"cut it in two with a full stop or a line break. It begins: {Beginning(sentence)}");
        return default;
    }

    private SourceSentence Translate(string sentence, int[] ids)
    {
        // Letters alone make no tokens: some, such as U+3164, are blank under normalization.
        if (ids.Length <= _model.Manifest.Tokenizer!.Special.Count)
            return new SourceSentence(sentence, null, -1);
        var sequence = new TranslationSequence(ids, _options, _sequences.Count, _chosen, _trace) { Priority = _request.Priority };
        _sequences.Add(sequence);
        return new SourceSentence(sentence, sequence, _sequences.Count - 1);
    }

    private static string Beginning(string sentence)
    {
        const int most = 40;
        if (sentence.Length <= most)
            return sentence;
        return string.Concat(sentence.AsSpan(0, char.IsHighSurrogate(sentence[most - 1]) ? most - 1 : most), "…");
    }
}
