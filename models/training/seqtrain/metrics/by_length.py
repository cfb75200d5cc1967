"""BLEU for short and for long sources: where a single vector for the whole source gives way."""
from .bleu import corpus_bleu

RANGES = ((1, 5), (6, 10), (11, 15), (16, None))


def bleu_by_length(sources, hypotheses, references):
    """{"1-5": (BLEU, sentences), ...} by the source's number of words between spaces."""
    lengths = [len(source.split()) for source in sources]
    table = {}
    for least, most in RANGES:
        chosen = [index for index, length in enumerate(lengths) if least <= length and (most is None or length <= most)]
        name = f"{least}+" if most is None else f"{least}-{most}"
        table[name] = (round(corpus_bleu([hypotheses[index] for index in chosen], [references[index] for index in chosen]), 1), len(chosen))
    return table
