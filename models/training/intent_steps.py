"""The steps of the intent recipe: shared preparation, teachers, students."""
import random

import torch

import intent_corpus
import intent_shelf
from seqtrain.evaluate import probabilities
from seqtrain.foundation import Foundation, seed_of
from seqtrain.loop import Plan, Stage
from seqtrain.shelving import Run

_VOCABULARY = 5000
# Several of a kind: on fifteen thousand queries, what two seeds disagree on is mostly noise.
_TEACHERS = ("gru", "gru", "gru")


class Intent:
    """The corpus and the foundation that the models share, and the two kinds of training."""

    def __init__(self, data, work, quick):
        self.corpus = intent_corpus.load(data, few=quick)
        texts = [text for _, text in self.corpus.train] + self.corpus.requests + self.corpus.everyday
        self.foundation = Foundation(work, texts, _VOCABULARY, classes=len(self.corpus.labels), longest=intent_corpus.LONGEST)
        self._work, self._quick = work, quick
        self.valid_rows = self.foundation.rows(text for _, text in self.corpus.valid)
        self.valid_labels = torch.tensor([label for label, _ in self.corpus.valid])

    def teachers(self, architecture):
        """All teachers of one architecture."""
        return [self._opinion(number, kind) for number, kind in enumerate(_TEACHERS) if kind == architecture]

    def student(self, architecture, out):
        """Learns from CLINC150's labels and from the teachers' averaged answers; then goes on the shelf."""
        seed = seed_of("intent student", architecture)
        folder = self._work / "students" / architecture
        labelled, unlabelled = self._lessons()
        rounds = self._plan("student", architecture).rounds

        def lessons_round(number):
            texts, targets = zip(*labelled, *unlabelled[number::rounds])
            return self.foundation.varied_rows(texts, seed + number), torch.stack(targets)

        model = self.foundation.fresh_model(architecture, seed)
        if architecture in _TEACHERS:
            # On so few labelled queries a second start from nothing only loses what its teacher has already found.
            model.load_state_dict(self._teacher(0, architecture).state_dict())
        result, report = self._stage("student", model, architecture, lessons_round, folder, seed)
        intent_shelf.put(self, result, architecture, Run(report, folder / "student.csv"), out)

    def _teacher(self, number, architecture):
        seed = seed_of("intent teacher", architecture, str(number))
        folder = self._work / "teachers" / f"{architecture}-{number}"
        rng = random.Random(seed)

        def round_of(turn):
            # A hundred queries out of scope are few; everyday sentences are nearly all out of scope too, other ones each round.
            foreign = [(self.corpus.out_of_scope, text) for text in rng.sample(self.corpus.everyday, 400)]
            pairs = self.corpus.train + foreign
            texts = intent_corpus.with_words_left_out((text for _, text in pairs), seed + turn)
            return self.foundation.varied_rows(texts, seed + turn), self.foundation.targets([label for label, _ in pairs], 0.1)

        model = self.foundation.fresh_model(architecture, seed)
        return self._stage("teacher", model, architecture, round_of, folder, seed)[0]

    def _opinion(self, number, architecture):
        cache = self._work / "teachers" / f"{architecture}-{number}" / "opinion.pt"
        if not cache.exists():
            opinion = probabilities(self._teacher(number, architecture), self.foundation.rows(self._lesson_texts()))
            torch.save(opinion.half(), cache)
        return torch.load(cache).float()

    def _lesson_texts(self):
        known = [text for _, text in self.corpus.train]
        few = 2000 if self._quick else 120_000
        everyday = random.Random(5).sample(self.corpus.everyday, min(few // 4, len(self.corpus.everyday)))
        return known + self.corpus.requests + everyday + intent_corpus.variations(known, few, seed=6)

    def _lessons(self):
        """(text, target): the labelled queries with half of the target from their label, the rest with the teachers' opinion alone."""
        opinion = torch.stack([self._opinion(number, kind) for number, kind in enumerate(_TEACHERS)]).mean(0)
        known = len(self.corpus.train)
        from_labels = self.foundation.targets([label for label, _ in self.corpus.train], 0.1)
        targets = torch.cat([0.5 * from_labels + 0.5 * opinion[:known], opinion[known:]])
        lessons = list(zip(self._lesson_texts(), targets))
        unlabelled = lessons[known:]
        random.Random(7).shuffle(unlabelled)
        return lessons[:known], unlabelled

    def _stage(self, name, model, architecture, make_round, folder, seed):
        def validate(candidate):
            right = probabilities(candidate, self.valid_rows).argmax(1) == self.valid_labels
            return 100 * right.float().mean().item()

        return Stage(name, model, self._plan(name, architecture), make_round, validate, folder, seed).run()

    def _plan(self, stage, architecture):
        rate = 2e-3 if stage == "teacher" else 1e-3
        if self._quick:
            return Plan(rounds=2, learning_rate=rate, average=0.9)
        rounds = {"teacher": 20, "student": 14}[stage]
        return Plan(rounds=rounds, learning_rate=rate, average=0.995, checks_per_round=1)
