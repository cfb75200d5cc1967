"""The texts of the sentiment models: SST-2, and IMDB reviews as further in-domain text.

Everything is normalized here, once, so that the recipe only ever sees what the server would.
"""
import pickle
import random
from dataclasses import dataclass, field
from pathlib import Path

from seqtrain.corpus import comparable, read_labelled, sentences
from seqtrain.text import normalize
from seqtrain.treebank import detokenize

LONGEST = 256


@dataclass
class SentimentCorpus:
    """Lists of (label, text); a review is (label, list of sentences)."""

    train: list
    valid: list
    test: list
    reviews: list = field(default_factory=list)
    reviews_valid: list = field(default_factory=list)
    sentences_removed: int = 0


def load(data, cache, few=False):
    """The corpus from the data folder, or from the cache of an earlier run."""
    if cache.exists():
        return pickle.loads(cache.read_bytes())
    corpus = load_scored(data)
    scored = {comparable(text) for part in (corpus.valid, corpus.test) for _, text in part}
    reviews = read_labelled(Path(data) / "imdb" / "train.tsv")[:500 if few else None]
    corpus.reviews, corpus.sentences_removed = _without_scored(reviews, scored)
    if few:
        corpus.train = random.Random(1).sample(corpus.train, 4000)
    held_out = [(int(label), normalize(text)) for label, text in read_labelled(Path(data) / "imdb" / "valid.tsv")]
    corpus.reviews_valid = held_out[:100 if few else None]
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_bytes(pickle.dumps(corpus))
    return corpus


def load_scored(data):
    """SST-2 alone, without reviews."""
    sst = {name: _treebank(Path(data) / "sst2" / f"{name}.tsv") for name in ("train", "train_phrases", "valid", "test")}
    return SentimentCorpus(sst["train"] + sst["train_phrases"], sst["valid"], sst["test"])


def _treebank(path):
    lines = ((int(label), normalize(detokenize(text))) for label, text in read_labelled(path))
    return [(label, text) for label, text in lines if text]


def _without_scored(reviews, scored):
    """Reviews as sentences, without any sentence that SST-2 validates or tests on."""
    # Below this a match is a commonplace ("Not so much.") and not a copy.
    long_ones = [text for text in scored if len(text) >= 30]
    kept, removed = [], 0
    for label, text in reviews:
        parts = [normalize(part) for part in sentences(text)]
        clean = [part for part in parts if comparable(part) not in scored]
        removed += len(parts) - len(clean)
        kept.append((int(label), clean))
    # A copy may also be spread over two sentences of a review, or be part of one: then the whole review goes.
    everything = "\n".join(comparable("".join(parts)) for _, parts in kept)
    copied = [text for text in long_ones if text in everything]
    if copied:
        clean = [(label, parts) for label, parts in kept if not any(text in comparable("".join(parts)) for text in copied)]
        removed += sum(len(parts) for _, parts in kept) - sum(len(parts) for _, parts in clean)
        kept = clean
    return kept, removed


def sentence_groups(reviews, seed, short=False):
    """Reviews cut into groups of neighbouring sentences, (label, text); the lengths, in words, differ with the seed.

    A few groups are as long as the longest input, so that long texts work as well.
    """
    rng = random.Random(seed)
    groups = []
    for label, parts in reviews:
        start = 0
        while start < len(parts):
            words, end, wanted = 0, start, _wanted_words(rng, short)
            while end < len(parts) and (end == start or words + parts[end].count(" ") < wanted):
                words += parts[end].count(" ") + 1
                end += 1
            groups.append((label, " ".join(parts[start:end])))
            start = end
    return groups


def _wanted_words(rng, short):
    draw = rng.random()
    if short and draw < 0.75:
        return 1  # one sentence, whatever its length
    if draw < 0.7:
        return rng.randint(10, 40)
    if draw < 0.92:
        return rng.randint(40, 90)
    return rng.randint(90, 220)
