"""The steps of the sentiment recipe: shared preparation, teachers, students."""
import copy
import random

import torch

import sentiment_corpus
import sentiment_shelf
from seqtrain.evaluate import accuracy, probabilities
from seqtrain.foundation import Foundation, seed_of
from seqtrain.loop import Plan, Stage
from seqtrain.precision import round_to_half
from seqtrain.shelving import Run

_VOCABULARY = 8000
_TEACHERS = ("gru", "lstm", "transformer")
# Rounds, and the part of the unlabelled sentences that one round takes. The LSTM validated best before its third round, so its variants get fewer.
_LESSONS = {"rnn": (3, 3), "lstm": (3, 3), "lstm-peephole": (2, 5), "lstm-coupled": (2, 5), "gru": (3, 3), "transformer": (3, 3)}
# A second descent from where the first ended, kept if it validates better.
_AGAIN = ("gru",)
# The Transformer, which learns least from this little data, ends with what the five finished recurrent models agree on.
_POLISHED = ("transformer",)
_ELDERS = ("gru", "lstm", "lstm-coupled", "lstm-peephole", "rnn")


class Sentiment:
    """The corpus and the foundation that all six models share, and the three kinds of training."""

    def __init__(self, data, work, quick):
        self.corpus = sentiment_corpus.load(data, work / "corpus.pickle", few=quick)
        texts = [text for _, text in self.corpus.train] + [part for _, parts in self.corpus.reviews for part in parts]
        self.foundation = Foundation(work, texts, _VOCABULARY, classes=2, longest=sentiment_corpus.LONGEST)
        self._work, self._quick = work, quick
        self.valid_rows = self.foundation.rows(text for _, text in self.corpus.valid)
        self._valid_labels = [label for label, _ in self.corpus.valid]

    def teacher(self, architecture):
        """Learns from whole reviews first, where only the review's label is known, then from SST-2."""
        seed = seed_of("teacher", architecture)
        folder = self._work / "teachers" / architecture

        def reviews_round(number):
            # Half of the reviews is what the time allows; each teacher draws its own half, which makes their errors less alike.
            chosen = random.Random(seed + number).sample(self.corpus.reviews, len(self.corpus.reviews) // 2)
            groups = sentiment_corpus.sentence_groups(chosen, seed + number)
            # Many sentences of a favourable review are not favourable themselves: a soft target says so.
            return self._labelled_round(groups, 0.3, seed + number)

        def phrases_round(number):
            return self._labelled_round(self.corpus.train, 0.1, seed + number)

        model = self.foundation.fresh_model(architecture, seed)
        reviewed, _ = self._stage("reviews", model, architecture, reviews_round, folder, seed)
        return self._stage("phrases", copy.deepcopy(reviewed), architecture, phrases_round, folder, seed)[0]

    def opinion(self, architecture):
        """What a teacher says about the lesson texts, [texts, 2]; it is trained if it was not."""
        cache = self._work / "teachers" / architecture / "opinion.pt"
        if not cache.exists():
            torch.save(probabilities(self.teacher(architecture), self.foundation.rows(text for _, text in self._lesson_texts())), cache)
        return torch.load(cache)

    def student(self, architecture, out):
        """Learns from SST-2's own labels and from the teachers' averaged answers; then goes on the shelf."""
        model, report = self._finished(architecture)
        sentiment_shelf.put(self, round_to_half(model), architecture, Run(report, self._folder(architecture) / "student.csv"), out)

    def _folder(self, architecture):
        return self._work / "students" / architecture

    def _finished(self, architecture):
        """The model before rounding, and what its stages took; stages that were run before are read from the work folder."""
        seed, folder = seed_of("student", architecture), self._folder(architecture)
        model, report = self._lesson_stage("student", self.foundation.fresh_model(architecture, seed), architecture, folder, seed)
        if architecture in _AGAIN:
            again, more = self._lesson_stage("again", copy.deepcopy(model), architecture, folder, seed + 500)
            model, report = again if more["best"] > report["best"] else model, _both(report, more)
        if architecture in _POLISHED:
            polished, more = self._polish(copy.deepcopy(model), architecture, folder)
            model, report = polished if more["best"] > report["best"] else model, _both(report, more)
        return model, report

    def _polish(self, model, architecture, folder):
        """A slow last descent on the phrases and a quarter of the sentences, more after the elders than after the labels."""
        known, seed = len(self.corpus.train), seed_of("polish", architecture)
        texts = [text for _, text in self._lesson_texts()]
        texts = texts[:known] + texts[known::4]
        rows = self.foundation.rows(texts)
        opinion = torch.stack([probabilities(self._finished(elder)[0], rows) for elder in _ELDERS]).mean(0)
        from_labels = self.foundation.targets([label for label, _ in self.corpus.train], 0.1)
        targets = torch.cat([0.4 * from_labels + 0.6 * opinion[:known], opinion[known:]])

        def polish_round(number):
            return self.foundation.varied_rows(texts, seed + number), targets

        return self._stage("polish", model, architecture, polish_round, folder, seed)

    def _lesson_stage(self, name, model, architecture, folder, seed):
        labelled, unlabelled = self._lessons()
        _, parts = _LESSONS[architecture]

        def lessons_round(number):
            # Every round: all labelled phrases, and another part of the unlabelled sentences.
            texts, targets = zip(*labelled, *unlabelled[number::parts])
            return self.foundation.varied_rows(texts, seed + number), torch.stack(targets)

        return self._stage(name, model, architecture, lessons_round, folder, seed)

    def _stage(self, name, model, architecture, make_round, folder, seed):
        return Stage(name, model, self._plan(name, architecture), make_round, self.validate, folder, seed).run()

    def validate(self, model):
        return accuracy(model, self.valid_rows, self._valid_labels)

    def _plan(self, stage, architecture):
        rate = 5e-4 if architecture == "transformer" else 1e-3
        if self._quick:
            return Plan(rounds=1, learning_rate=rate, average=0.9)
        return {"reviews": Plan(rounds=1, learning_rate=rate, checks_per_round=6),
                "phrases": Plan(rounds=3, learning_rate=0.6 * rate),
                "student": Plan(rounds=_LESSONS[architecture][0], learning_rate=rate),
                "again": Plan(rounds=2, learning_rate=0.6 * rate),
                "polish": Plan(rounds=2, learning_rate=0.3 * rate, checks_per_round=4, average=0.999)}[stage]

    def _labelled_round(self, pairs, smoothing, seed):
        return self.foundation.varied_rows((text for _, text in pairs), seed), self.foundation.targets([label for label, _ in pairs], smoothing)

    def _lesson_texts(self):
        """What the teachers give their opinion on: the labelled phrases, then half of the reviews cut into sentences."""
        return self.corpus.train + sentiment_corpus.sentence_groups(self.corpus.reviews[::2], seed=99, short=True)

    def _lessons(self):
        """(text, target): SST-2 with half of the target from its label, and sentences with the teachers' opinion alone."""
        opinion = torch.stack([self.opinion(architecture) for architecture in _TEACHERS]).mean(0)
        known = len(self.corpus.train)
        from_labels = self.foundation.targets([label for label, _ in self.corpus.train], 0.1)
        targets = torch.cat([0.5 * from_labels + 0.5 * opinion[:known], opinion[known:]])
        lessons = [(text, target) for (_, text), target in zip(self._lesson_texts(), targets)]
        return lessons[:known], lessons[known:]


def _both(report, more):
    return {"best": max(report["best"], more["best"]), **{key: report[key] + more[key] for key in ("seconds", "tokens")}}
