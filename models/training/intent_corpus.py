"""The texts of the intent models: CLINC150, and other openly licensed English as unlabelled text.

Everything is normalized here, once, so that the recipe only ever sees what the server would.
"""
import random
from dataclasses import dataclass

from seqtrain.corpus import comparable, open_text, read_labelled
from seqtrain.text import normalize

LONGEST = 128
_END_MARKS = ".?!"
OUT_OF_SCOPE = "oos"


@dataclass
class IntentCorpus:
    """Lists of (label, text), and texts without labels: what people ask assistants, and everyday sentences, questions apart.

    Everyday sentences come without their end marks, which CLINC150's queries hardly have: else what
    is out of scope is known by its mark, and nothing is learnt from it.
    """

    labels: tuple
    train: list
    valid: list
    test: list
    requests: list
    everyday: list
    questions: list

    @property
    def out_of_scope(self):
        return self.labels.index(OUT_OF_SCOPE)


def load(data, few=False):
    clinc = {name: [(label, normalize(text)) for label, text in read_labelled(data / "clinc150" / f"{name}.tsv")]
             for name in ("train", "valid", "test")}
    labels = tuple(sorted({label for label, _ in clinc["train"]}))
    scored = {comparable(text) for name in ("valid", "test") for _, text in clinc[name]}
    requests = _unlabelled(_second_column(data / "banking77" / "train.tsv") + _second_column(data / "snips" / "train.tsv"), scored)
    sentences = _unlabelled(_lines(data / "lm-tatoeba-en" / "train.txt"), scored)
    everyday, questions = ([text.rstrip(_END_MARKS) for text in sentences if text.endswith("?") == asked] for asked in (False, True))
    if few:
        clinc["train"] = random.Random(1).sample(clinc["train"], 3000)
        requests, everyday, questions = requests[:1000], everyday[:5000], questions[:1000]
    numbered = {name: [(labels.index(label), text) for label, text in pairs] for name, pairs in clinc.items()}
    return IntentCorpus(labels, numbered["train"], numbered["valid"], numbered["test"], requests, everyday, questions)


def _unlabelled(texts, scored):
    """Without repeats, and without anything that is validated or tested on."""
    seen, kept = set(scored), []
    for text in map(normalize, texts):
        key = comparable(text)
        if key and key not in seen:
            seen.add(key)
            kept.append(text)
    return kept


def _second_column(path):
    with open_text(path) as lines:
        return [line.rstrip("\n").split("\t")[1] for line in lines]


def _lines(path):
    with open_text(path) as lines:
        return [line.rstrip("\n") for line in lines]


def variations(texts, count, seed):
    """New unlabelled requests: two requests crossed at a word, or one with words left out.

    Most make some sense, all look like requests; the teachers say what they would be taken for.
    """
    rng = random.Random(seed)
    made = []
    while len(made) < count:
        words, other = rng.choice(texts).split(), rng.choice(texts).split()
        if rng.random() < 0.5:
            words = words[:rng.randint(1, len(words))] + other[rng.randint(0, len(other) - 1):]
        else:
            words = [word for word in words if rng.random() > 0.15]
        if words:
            made.append(" ".join(words))
    return made


def as_typed(texts, seed):
    """Each text, half of the time without some of its words, one time in ten with an end mark."""
    rng = random.Random(seed)
    for text in texts:
        words = [word for word in text.split() if rng.random() > 0.12] if rng.random() < 0.5 else []
        yield (" ".join(words) or text) + (rng.choice(_END_MARKS) if rng.random() < 0.1 else "")
