"""The texts of the language classifier: one side of Tatoeba's sentence pairs for each language.

Everything is normalized here, once, so that the recipe only ever sees what the server would.
"""
import random
from dataclasses import dataclass

from seqtrain.corpus import comparable, open_text
from seqtrain.text import normalize

LANGUAGES = ("en", "fr", "de", "zh")
LONGEST = 256
# Folder and column of each side; English is in all three.
_SIDES = {"en": (("en-fr", 0), ("en-de", 0), ("en-zh", 0)), "fr": (("en-fr", 1),), "de": (("en-de", 1),), "zh": (("en-zh", 1),)}
# Chinese has no more than half of this.
_MOST_A_LANGUAGE = 50_000


@dataclass
class LanguageCorpus:
    """Lists of (number of the language in LANGUAGES, text)."""

    train: list
    valid: list
    test: list


def load(data, few=False):
    """The corpus; what is validated or tested on in any pair is taken out of training, since the pairs were split one by one."""
    parts = {name: {language: _texts(data, language, name) for language in LANGUAGES} for name in ("train", "valid", "test")}
    scored = {comparable(text) for name in ("valid", "test") for texts in parts[name].values() for text in texts}
    train = []
    for label, language in enumerate(LANGUAGES):
        texts = [text for text in parts["train"][language] if comparable(text) not in scored]
        random.Random(label).shuffle(texts)
        train += [(label, text) for text in texts[:1000 if few else _MOST_A_LANGUAGE]]
    most = 200 if few else None
    valid, test = ([(label, text) for label, language in enumerate(LANGUAGES) for text in parts[name][language][:most]] for name in ("valid", "test"))
    return LanguageCorpus(train, valid, test)


def _texts(data, language, name):
    """Each sentence once, in the order of the files."""
    texts = {}
    for folder, column in _SIDES[language]:
        with open_text(data / f"tatoeba-{folder}" / f"{name}.tsv") as lines:
            texts.update((normalize(line.rstrip("\n").split("\t")[column]), None) for line in lines)
    return [text for text in texts if comparable(text)]
