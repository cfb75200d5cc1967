"""Corpus chrF2 (Popović 2015) as sacrebleu computes it: characters without spaces, orders 1 to 6, recall twice as heavy."""
from .ngrams import ngrams

_ORDERS = range(1, 7)
_BETA_SQUARED = 4


def corpus_chrf(hypotheses, references):
    """0 to 100. Of several references the one with the best score of its own counts."""
    totals = [(0, 0, 0)] * len(_ORDERS)
    for hypothesis, accepted in zip(hypotheses, references):
        best = max((_counts(hypothesis, reference) for reference in accepted), key=_score)
        totals = [tuple(map(sum, zip(*both))) for both in zip(totals, best)]
    return _score(totals)


def _counts(hypothesis, reference):
    """(n-grams of the hypothesis, of the reference, in both) for each order."""
    hypothesis, reference = "".join(hypothesis.split()), "".join(reference.split())
    counts = []
    for order in _ORDERS:
        found, wanted = ngrams(hypothesis, order), ngrams(reference, order)
        # An order that the reference is too short for says nothing about the hypothesis.
        counts.append((sum(found.values()) if wanted else 0, sum(wanted.values()), sum((found & wanted).values())))
    return counts


def _score(counts):
    used = [(match / found, match / wanted) for found, wanted, match in counts if found and wanted]
    if not used:
        return 0.0
    precision, recall = (sum(values) / len(used) for values in zip(*used))
    if precision + recall == 0:
        return 0.0
    return 100 * (1 + _BETA_SQUARED) * precision * recall / (_BETA_SQUARED * precision + recall)
