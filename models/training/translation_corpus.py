"""Sentence pairs of the translation models.

Everything is normalized here, once, so that the recipe only ever sees what the server would; the
references that BLEU compares with stay as they are.
"""
import random
from dataclasses import dataclass
from pathlib import Path

from seqtrain.corpus import open_text
from seqtrain.text import normalize
from seqtrain.translation.translate import NORMALIZATION

# Folder, columns of source and target, name of the test file, whether there is a file of all known translations.
_FILES = {
    "en-fr": ("tatoeba-en-fr", 0, 1, "test", True),
    "fr-en": ("tatoeba-en-fr", 1, 0, "test", False),
    "en-de": ("tatoeba-en-de", 0, 1, "test", True),
    "en-zh": ("tatoeba-en-zh", 0, 1, "test", True),
    "multi30k-en-de": ("multi30k", 0, 1, "test_2016_flickr", False),
}
PAIRS = tuple(_FILES)


@dataclass
class Scored:
    """Sentences to translate, and for each its one reference and all known ones."""

    sources: list
    single: list
    multiple: list


@dataclass
class PairCorpus:
    """`train` and `valid` are lists of normalized (source, target)."""

    folder: str
    train: list
    valid: list
    valid_scored: Scored
    test_scored: Scored


def load(data, pair, few=False):
    """The corpus of a pair; `few` keeps a hundredth of the training part."""
    folder, source, target, test, has_multiple = _FILES[pair]
    data = Path(data) / folder
    train = [(row[source], row[target]) for row in _rows(data / "train.tsv")]
    if few:
        train = random.Random(1).sample(train, len(train) // 100)

    def scored(name):
        single = _rows(data / f"{name}.tsv")[:100 if few else None]
        sources, first = [row[source] for row in single], [[row[target]] for row in single]
        if not has_multiple:
            return Scored(sources, first, first)
        known = {row[0]: row[1:] for row in _rows(data / f"{name}.multiref.tsv")}
        return Scored(sources, first, [known[text] for text in sources])

    valid = scored("valid")
    rules = NORMALIZATION, "none" if pair.endswith("-zh") else NORMALIZATION
    return PairCorpus(folder, [_normalized(texts, rules) for texts in train],
                      [_normalized((text, only), rules) for text, (only,) in zip(valid.sources, valid.single)], valid, scored(test))


def some_joined(pairs, seed, longest, chance=0.05):
    """A few pairs in a row become one: the data has hardly any long text, and people type more than one sentence."""
    rng, joined, start = random.Random(seed), [], 0
    while start < len(pairs):
        count = rng.choice((2, 2, 3, 4)) if rng.random() < chance else 1
        group = pairs[start:start + count]
        both = [sum((side[which] for side in group), []) for which in (0, 1)]
        if max(map(len, both)) < longest:
            joined.append(tuple(both))
        else:
            joined += group
        start += count
    return joined


def _rows(path):
    with open_text(path) as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def _normalized(texts, rules):
    """The source as the server reads it; a target only so far as its own writing allows: Chinese marks are full-width, and NFKC would halve them."""
    return tuple(map(normalize, texts, rules))
