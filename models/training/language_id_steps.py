"""The steps of the language recipe: vocabulary, training."""
import random

import torch

import language_id_corpus
import language_id_shelf
from language_id_corpus import LANGUAGES, LONGEST
from seqtrain.classifiers import build_classifier
from seqtrain.evaluate import accuracy
from seqtrain.foundation import seed_of
from seqtrain.loop import Plan, Stage
from seqtrain.precision import round_to_half
from seqtrain.shelving import Run
from seqtrain.spans import span, without_diacritics
from seqtrain.tokenizer import Tokenizer, train_tokenizer

_VOCABULARY = 3000
# All but some two hundred Chinese characters are read as bytes, which hardly occur in the other languages.
_COVERAGE = 0.99
_SIZES = {"embedding": 48, "hidden": 48, "dropout": 0.2}
# Some words are in more than one language: no answer should be certain.
_SMOOTHING = 0.04


class LanguageId:
    """The corpus, the vocabulary, and the training."""

    def __init__(self, data, work, quick):
        self.corpus, self._work, self._quick = language_id_corpus.load(data, few=quick), work, quick
        path = work / "tokenizer.model"
        if not path.exists():
            train_tokenizer(sorted({text for _, text in self.corpus.train}), _VOCABULARY, path, _COVERAGE)
        self.tokenizer = Tokenizer(path)
        self.valid_rows = self.rows(text for _, text in self.corpus.valid)

    def rows(self, texts):
        """Ids as the server makes them, cut at the longest input."""
        return [row[:LONGEST] for row in self.tokenizer.encode_all(texts)]

    def train(self, architecture, out):
        seed = seed_of("language id", architecture)
        valid = self._spoilt(self.corpus.valid, seed)

        def round_of(number):
            labels, texts = zip(*self._spoilt(self.corpus.train, seed * 1000 + number))
            count = len(LANGUAGES)
            return self.rows(texts), torch.eye(count)[list(labels)] * (1 - _SMOOTHING) + _SMOOTHING / count

        def validate(model):
            return accuracy(model, self.rows(text for _, text in valid), [label for label, _ in valid])

        torch.manual_seed(seed)
        model = build_classifier(architecture, len(self.tokenizer), len(LANGUAGES), **_SIZES)
        plan = Plan(rounds=1 if self._quick else 10, learning_rate=4e-3, batch_tokens=4096, checks_per_round=1)
        result, report = Stage("train", model, plan, round_of, validate, self._work, seed).run()
        language_id_shelf.put(self, round_to_half(result), architecture, Run(report, self._work / "train.csv"), out)

    def _spoilt(self, pairs, seed):
        """As people write: half of the texts are a few words only, some run on, some lack their diacritics; each language as often as the rarest allows."""
        rng = random.Random(seed)
        by_language = [[text for label, text in pairs if label == wanted] for wanted in range(len(LANGUAGES))]
        each = min(map(len, by_language))
        made = []
        for label, texts in enumerate(by_language):
            for text in rng.sample(texts, each):
                draw = rng.random()
                if draw < 0.5:
                    text = span(text, LANGUAGES[label], rng.randint(1, 4), rng)
                elif draw < 0.55:
                    text = " ".join([text, *rng.sample(texts, rng.randint(1, 5))])
                made.append((label, without_diacritics(text) if rng.random() < 0.2 else text))
        return made
