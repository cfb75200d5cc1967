"""The teachers of the intent recipe: what each is trained on, and their averaged opinion."""
import random

import torch

import intent_corpus
from seqtrain.evaluate import probabilities
from seqtrain.foundation import seed_of
from seqtrain.loop import Plan, Stage
from seqtrain.word_parts import PartsClassifier, PartsVocabulary

# Kinds that are wrong about different queries: on validation one of each is worth more than three GRUs, and a second without order adds a little.
KINDS = ("gru", "parts", "parts")
# The kind without order has many weights for each token, so that larger batches pay.
_PLANS = {"gru": Plan(rounds=20, learning_rate=2e-3, average=0.995, checks_per_round=1),
          "parts": Plan(rounds=8, learning_rate=8e-3, batch_tokens=16384, average=0.99, checks_per_round=1)}
# A hundred queries out of scope are few; nearly all everyday questions and sentences are out of scope too, other ones each round.
_FOREIGN = 200


class Teachers:
    """Trains a teacher when it is first asked for, and keeps it and its opinions in the work folder."""

    def __init__(self, corpus, foundation, valid_labels, work, quick):
        self._corpus, self._foundation, self._valid_labels = corpus, foundation, valid_labels
        self._work, self._quick = work / "teachers", quick
        self._parts = PartsVocabulary([text for _, text in corpus.train])

    def opinion(self, texts, kinds=KINDS):
        """[texts, classes], averaged over the teachers of these kinds; the same texts each time, for it is kept."""
        return torch.stack([self._opinion(number, kind, texts) for number, kind in enumerate(KINDS) if kind in kinds]).mean(0)

    def model(self, number):
        """The trained teacher of this number."""
        kind = KINDS[number]
        seed = seed_of("intent teacher", kind, str(number))

        def round_of(turn):
            rng = random.Random(seed * 1000 + turn)
            foreign = rng.sample(self._corpus.everyday, _FOREIGN) + rng.sample(self._corpus.questions, _FOREIGN)
            pairs = self._corpus.train + [(self._corpus.out_of_scope, text) for text in foreign]
            texts = intent_corpus.as_typed((text for _, text in pairs), seed + turn)
            rows = self._parts.rows(texts) if kind == "parts" else self._foundation.varied_rows(texts, seed + turn)
            return rows, self._foundation.targets([label for label, _ in pairs], 0.1)

        valid_rows = self._rows(kind, [text for _, text in self._corpus.valid])

        def validate(candidate):
            return 100 * (probabilities(candidate, valid_rows).argmax(1) == self._valid_labels).float().mean().item()

        plan = Plan(rounds=2, learning_rate=_PLANS[kind].learning_rate, average=0.9) if self._quick else _PLANS[kind]
        return Stage("teacher", self._untrained(kind, seed), plan, round_of, validate, self._folder(number), seed).run()[0]

    def _opinion(self, number, kind, texts):
        cache = self._folder(number) / "opinion.pt"
        if not cache.exists():
            opinion = probabilities(self.model(number), self._rows(kind, texts))
            torch.save(opinion.half(), cache)
        return torch.load(cache).float()

    def _untrained(self, kind, seed):
        if kind != "parts":
            return self._foundation.fresh_model(kind, seed)
        torch.manual_seed(seed)
        return PartsClassifier(self._parts.weights, len(self._corpus.labels))

    def _rows(self, kind, texts):
        return self._parts.rows(texts) if kind == "parts" else self._foundation.rows(texts)

    def _folder(self, number):
        return self._work / f"{KINDS[number]}-{number}"
