"""Corpus BLEU (Papineni et al. 2002) as sacrebleu computes it: 13a words unless told otherwise, cased, exponential smoothing."""
import math

from .ngrams import ngrams
from .words import words_13a

_ORDERS = (1, 2, 3, 4)


def corpus_bleu(hypotheses, references, words_of=words_13a):
    """0 to 100. `references` holds a list of one or more texts for each hypothesis."""
    matches, totals = [0] * len(_ORDERS), [0] * len(_ORDERS)
    length = reference_length = 0
    for hypothesis, accepted in zip(hypotheses, references):
        words = tuple(words_of(hypothesis))
        others = [tuple(words_of(text)) for text in accepted]
        length += len(words)
        # Of several references the nearest in length counts, of two equally near the shorter.
        reference_length += min((abs(len(other) - len(words)), len(other)) for other in others)[1]
        for place, order in enumerate(_ORDERS):
            counted = ngrams(words, order)
            allowed = ngrams(others[0], order)
            for other in others[1:]:
                allowed |= ngrams(other, order)
            matches[place] += sum((counted & allowed).values())
            totals[place] += sum(counted.values())
    return _score(matches, totals, length, reference_length)


def _score(matches, totals, length, reference_length):
    if not any(matches) or 0 in totals:
        return 0.0
    logarithms, halvings = 0.0, 1
    for match, total in zip(matches, totals):
        if match == 0:
            # Each order without a match counts half of the one before.
            halvings *= 2
        logarithms += math.log(match / total if match else 1 / (halvings * total))
    brevity = 1.0 if length >= reference_length else math.exp(1 - reference_length / length)
    return 100 * brevity * math.exp(logarithms / len(_ORDERS))
