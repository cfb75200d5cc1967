using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>
/// Brings the tokens of one text's sentences, which are translated side by side, into the order of the text: tokens of a sentence are held here until those
/// before it are complete.
/// </summary>
internal sealed class TranslationDeltas
{
    private readonly SourceText _text;
    private readonly ITextTokenizer _tokenizer;
    private readonly Dictionary<int, Queue<ChosenToken>> _ahead = [];
    private readonly HashSet<int> _ended = [];
    private IDetokenizer _detokenizer;
    private int _current;

    public TranslationDeltas(SourceText text, ITextTokenizer tokenizer)
    {
        _text = text;
        _tokenizer = tokenizer;
        _detokenizer = tokenizer.NewDetokenizer();
    }

    /// <summary>What comes before the first token.</summary>
    public void Begin(Queue<TranslationDelta> deltas) => GoOn(deltas);

    /// <summary>Takes a token, or the end, of one of its sentences.</summary>
    public void Take(ChosenToken chosen, Queue<TranslationDelta> deltas)
    {
        if (chosen.Token is null)
        {
            _ended.Add(chosen.Place);
            if (IsTurnOf(chosen.Place))
                GoOn(deltas);
        }
        else if (IsTurnOf(chosen.Place))
        {
            Append(chosen, deltas);
        }
        else
        {
            if (!_ahead.TryGetValue(chosen.Place, out var waiting))
                _ahead[chosen.Place] = waiting = [];
            waiting.Enqueue(chosen);
        }
    }

    private bool IsTurnOf(int place) => _current < _text.Sentences.Count && _text.Sentences[_current].Place == place;

    private void Append(ChosenToken chosen, Queue<TranslationDelta> deltas) =>
        deltas.Enqueue(new TranslationDelta(_text.Index, _detokenizer.Append(chosen.Token!.Value), chosen.Token, chosen.LogProbability));

    private void GoOn(Queue<TranslationDelta> deltas)
    {
        for (; _current < _text.Sentences.Count; _current++)
        {
            var sentence = _text.Sentences[_current];
            if (sentence.Sequence is null)
            {
                AddText(sentence.Text, deltas);
                continue;
            }

            if (_ahead.Remove(sentence.Place, out var waiting))
            {
                while (waiting.TryDequeue(out var chosen))
                    Append(chosen, deltas);
            }

            if (!_ended.Contains(sentence.Place))
                return;
            AddText(_detokenizer.Finish(), deltas);
            _detokenizer = _tokenizer.NewDetokenizer();
        }
    }

    private void AddText(string text, Queue<TranslationDelta> deltas)
    {
        if (text.Length > 0)
            deltas.Enqueue(new TranslationDelta(_text.Index, text, null, null));
    }
}
