"""The steps of the intent recipe: shared preparation, teachers, students."""
import random

import torch

import intent_corpus
import intent_shelf
from intent_teachers import KINDS, Teachers
from seqtrain.evaluate import probabilities
from seqtrain.foundation import Foundation, seed_of
from seqtrain.loop import Plan, Stage
from seqtrain.shelving import Run

_VOCABULARY = 5000
# Queries have a dozen tokens, and the shelf has a limit: no third layer.
SIZES = {"gru": {}, "transformer": {"layers": 2}}
_ROUNDS = {"gru": 20, "transformer": 28}
# The unlabelled texts are spread over so many rounds.
_SHARES = 16


class Intent:
    """The corpus and the foundation that the models share, and the two kinds of training."""

    def __init__(self, data, work, quick):
        self.corpus = intent_corpus.load(data, few=quick)
        texts = [text for _, text in self.corpus.train] + self.corpus.requests + self.corpus.everyday + self.corpus.questions
        self.foundation = Foundation(work, texts, _VOCABULARY, len(self.corpus.labels), intent_corpus.LONGEST, SIZES)
        self._work, self._quick = work, quick
        self.valid_rows = self.foundation.rows(text for _, text in self.corpus.valid)
        self.valid_labels = torch.tensor([label for label, _ in self.corpus.valid])
        self._teachers = Teachers(self.corpus, self.foundation, self.valid_labels, work, quick)

    def teach(self, kind):
        """The teachers of one kind, and their opinions."""
        self._teachers.opinion(self._lesson_texts(), (kind,))

    def student(self, architecture, out, minutes, command):
        """Learns from CLINC150's labels and from the teachers' averaged answers; then goes on the shelf."""
        seed = seed_of("intent student", architecture)
        folder = self._work / "students" / architecture
        labelled, unlabelled = self._lessons()

        def lessons_round(number):
            texts, targets = zip(*labelled, *unlabelled[number % _SHARES::_SHARES])
            return self.foundation.varied_rows(texts, seed + number), torch.stack(targets)

        def validate(candidate):
            return 100 * (probabilities(candidate, self.valid_rows).argmax(1) == self.valid_labels).float().mean().item()

        model = self.foundation.fresh_model(architecture, seed)
        if architecture in KINDS:
            # On so few labelled queries a second start from nothing only loses what its teacher has already found.
            model.load_state_dict(self._teachers.model(KINDS.index(architecture)).state_dict())
        rounds, average = (2, 0.9) if self._quick else (_ROUNDS[architecture], 0.995)
        plan = Plan(rounds=rounds, learning_rate=1e-3, average=average, checks_per_round=1, minutes=minutes)
        result, report = Stage("student", model, plan, lessons_round, validate, folder, seed).run()
        intent_shelf.put(self, result, architecture, Run(report, folder / "student.csv"), out, command)

    def _lesson_texts(self):
        known = [text for _, text in self.corpus.train]
        few = 2000 if self._quick else 160_000
        everyday = self.corpus.questions + random.Random(5).sample(self.corpus.everyday, min(few // 8, len(self.corpus.everyday)))
        return known + self.corpus.requests + everyday + intent_corpus.variations(known, few, seed=6)

    def _lessons(self):
        """(text, target): the labelled queries with half of the target from their label, the rest with the teachers' opinion alone."""
        texts = self._lesson_texts()
        opinion = self._teachers.opinion(texts)
        known = len(self.corpus.train)
        from_labels = self.foundation.targets([label for label, _ in self.corpus.train], 0.1)
        targets = torch.cat([0.5 * from_labels + 0.5 * opinion[:known], opinion[known:]])
        lessons = list(zip(texts, targets))
        unlabelled = lessons[known:]
        random.Random(7).shuffle(unlabelled)
        return lessons[:known], unlabelled
