"""What the shelf says about the language classifier, and how it is scored."""
import random

import torch

from language_id_corpus import LANGUAGES, LONGEST
from seqtrain.evaluate import probabilities
from seqtrain.shelving import Entry, put_classifier
from seqtrain.spans import span, units, without_diacritics

_DATA = "Sentence pairs from the Tatoeba Project (tatoeba.org), selected by manythings.org/anki: English, French, German and Chinese sides"
_NOTES = (
    "Tells English, French, German and Chinese (simplified characters) apart and knows no other language: any text gets one of the four. Learns from whole sentences, "
    "from spans of one to four words and from text without diacritics; case does not matter. All figures are means over the four languages. Single words can be "
    "right in several languages, so the accuracy on them cannot reach 100. A Chinese word counts as two characters. Half precision weights of the file, in PyTorch.")
_LENGTHS = {"1-3": (1, 3), "4-6": (4, 6), "7-10": (7, 10), "11+": (11, 10_000)}


def put(recipe, model, architecture, run, out):
    """Scores the final model, once, and writes all its files under `out`."""
    test = recipe.corpus.test
    entry = Entry(
        name="language-id", architecture=architecture, labels=LANGUAGES, max_input_tokens=LONGEST,
        description="Says whether a text is English, French, German or Chinese, with a small bidirectional GRU.",
        data=_DATA, data_licence="CC BY 2.0 FR", licence="MIT", command="python3 models/training/language_id.py --data DIR",
        metrics_on=f"the test files of three own splits of Tatoeba, {len(test):,} sentences, none of them in training", notes=_NOTES)
    metrics = {"accuracy": _score(recipe, model, test)}
    for count, name in ((3, "three_words"), (2, "two_words"), (1, "one_word")):
        metrics[f"accuracy_{name}"] = _score(recipe, model, _changed(test, lambda text, language, rng: span(text, language, count, rng)))
    metrics["accuracy_without_diacritics"] = _score(recipe, model, _changed(test, lambda text, language, rng: without_diacritics(text)))
    further = {"valid_accuracy": _score(recipe, model, recipe.corpus.valid)}
    for name, (fewest, most) in _LENGTHS.items():
        part = [(label, text) for label, text in test if fewest <= len(units(text, LANGUAGES[label])) <= most]
        further[f"accuracy_words_{name}"], further[f"sentences_words_{name}"] = _score(recipe, model, part), len(part)
    put_classifier(entry, model, recipe.tokenizer, recipe.valid_rows, metrics, further, run, out)


def _changed(pairs, change):
    rng = random.Random(3)
    return [(label, change(text, LANGUAGES[label], rng)) for label, text in pairs]


def _score(recipe, model, pairs):
    """Percent right, the mean of the languages that occur."""
    labels = torch.tensor([label for label, _ in pairs])
    right = (probabilities(model, recipe.rows(text for _, text in pairs)).argmax(1) == labels).float()
    return round(100 * torch.stack([right[labels == label].mean() for label in labels.unique()]).mean().item(), 2)
