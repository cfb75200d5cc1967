"""BLEU for short and for long sources: where a single vector for the whole source gives way."""
from .bleu import corpus_bleu
from .words import words_13a

# The last holds the two before it: few sentences are so long.
RANGES = ((1, 5), (6, 10), (11, 15), (16, None), (11, None))


def bleu_by_length(sources, hypotheses, references, words_of=words_13a):
    """{"1-5": (BLEU, sentences), ...} by the source's number of words between spaces."""
    lengths = [len(source.split()) for source in sources]
    table = {}
    for least, most in RANGES:
        chosen = [index for index, length in enumerate(lengths) if least <= length and (most is None or length <= most)]
        name = f"{least}+" if most is None else f"{least}-{most}"
        bleu = corpus_bleu([hypotheses[index] for index in chosen], [references[index] for index in chosen], words_of)
        table[name] = (round(bleu, 1), len(chosen))
    return table
