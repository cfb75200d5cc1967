"""The steps of the sentiment recipe: shared preparation, teachers, students."""
import copy
import random
import zlib
from dataclasses import dataclass
from pathlib import Path

import torch

import sentiment_corpus
import sentiment_shelf
from seqtrain.classifiers import build_classifier
from seqtrain.embeddings import cooccurrence_vectors
from seqtrain.evaluate import accuracy, probabilities
from seqtrain.loop import Plan, Stage
from seqtrain.precision import round_to_half
from seqtrain.tokenizer import Tokenizer, seed_dropout, train_tokenizer

VOCABULARY, EMBEDDING = 8000, 128
# One recurrent layer answers fastest; the plain RNN, which has no gates, needs the second.
SIZES = {"rnn": {"layers": 2}, "lstm": {}, "lstm-peephole": {}, "lstm-coupled": {}, "gru": {}, "transformer": {}}
TEACHERS = ("gru", "transformer")
BPE_DROPOUT = 0.1


@dataclass
class Shared:
    """What every model of the recipe starts from."""

    corpus: sentiment_corpus.SentimentCorpus
    tokenizer: Tokenizer
    vectors: torch.Tensor
    work: Path
    quick: bool

    def __post_init__(self):
        self.valid_rows = self.rows(text for _, text in self.corpus.valid)
        self.valid_labels = [label for label, _ in self.corpus.valid]

    def rows(self, texts, dropout=0.0):
        return [row[:sentiment_corpus.LONGEST] for row in self.tokenizer.encode_all(texts, dropout)]

    def lesson_texts(self):
        """What the teachers give their opinion on: the labelled phrases, then half of the reviews cut into sentences."""
        reviews = self.corpus.reviews[::2]
        return self.corpus.train + sentiment_corpus.sentence_groups(reviews, seed=99, short=True)

    def validate(self, model):
        return accuracy(model, self.valid_rows, self.valid_labels)


def prepare(data, work, quick):
    """Corpus, tokenizer and word vectors, each made only if the work folder lacks it."""
    corpus = sentiment_corpus.load(data, work / "corpus.pickle", few=quick)
    texts = [text for _, text in corpus.train] + [part for _, parts in corpus.reviews for part in parts]
    if not (work / "tokenizer.model").exists():
        train_tokenizer(texts, VOCABULARY, work / "tokenizer.model")
    tokenizer = Tokenizer(work / "tokenizer.model")
    if not (work / "vectors.pt").exists():
        torch.save(cooccurrence_vectors(tokenizer.encode_all(texts), len(tokenizer), EMBEDDING), work / "vectors.pt")
    return Shared(corpus, tokenizer, torch.load(work / "vectors.pt"), work, quick)


def teacher(shared, architecture):
    """Learns from whole reviews first, where only the review's label is known, then from SST-2."""
    seed = _seed("teacher", architecture)
    model = _fresh(shared, architecture, seed)
    plans = _plans(architecture, shared.quick)

    def reviews_round(number):
        # Half of the reviews is what the time allows; each teacher draws its own half, which makes their errors less alike.
        chosen = random.Random(seed + number).sample(shared.corpus.reviews, len(shared.corpus.reviews) // 2)
        groups = sentiment_corpus.sentence_groups(chosen, seed + number)
        # Many sentences of a favourable review are not favourable themselves: a soft target says so.
        return _labelled_round(shared, groups, 0.15, seed + number)

    def phrases_round(number):
        return _labelled_round(shared, shared.corpus.train, 0.05, seed + number)

    folder = shared.work / "teachers" / architecture
    pretrained, _ = Stage("reviews", model, plans["reviews"], reviews_round, shared.validate, folder, seed).run()
    result, report = Stage("phrases", copy.deepcopy(pretrained), plans["phrases"], phrases_round, shared.validate, folder, seed).run()
    print(f"teacher {architecture}: {report}", flush=True)
    opinion = probabilities(result, shared.rows(text for _, text in shared.lesson_texts()))
    torch.save(opinion, folder / "opinion.pt")
    return opinion


def student(shared, architecture, out):
    """Learns from the teachers' averaged answers, and from SST-2's own labels; then goes on the shelf."""
    seed = _seed("student", architecture)
    model = _fresh(shared, architecture, seed)
    lessons = _lessons(shared)
    plan = _plans(architecture, shared.quick)["student"]

    def lessons_round(number):
        # Every round: all labelled phrases, and the next share of the unlabelled sentences.
        labelled = [lesson for lesson in lessons if lesson[2]]
        unlabelled = [lesson for lesson in lessons if not lesson[2]][number % plan.rounds::plan.rounds]
        seed_dropout(seed + number)
        chosen = labelled + unlabelled
        return shared.rows((text for text, _, _ in chosen), BPE_DROPOUT), torch.stack([target for _, target, _ in chosen])

    folder = shared.work / "students" / architecture
    result, report = Stage("student", model, plan, lessons_round, shared.validate, folder, seed).run()
    round_to_half(result)
    sentiment_shelf.put(shared, result, architecture, report, folder / "student.csv", out)


def _lessons(shared):
    """(text, target, labelled): SST-2 with half of the target from its label, review sentences with the teachers' opinion alone."""
    opinion = torch.stack([_opinion(shared, architecture) for architecture in TEACHERS]).mean(0)
    labelled = shared.corpus.train
    texts = [text for _, text in shared.lesson_texts()]
    hard = _one_hot([label for label, _ in labelled], 0.05)
    targets = torch.cat([0.5 * hard + 0.5 * opinion[:len(hard)], opinion[len(hard):]])
    return [(text, target, index < len(hard)) for index, (text, target) in enumerate(zip(texts, targets))]


def _opinion(shared, architecture):
    cache = shared.work / "teachers" / architecture / "opinion.pt"
    return torch.load(cache) if cache.exists() else teacher(shared, architecture)


def _plans(architecture, quick):
    rate = 5e-4 if architecture == "transformer" else 1e-3
    if quick:
        short = Plan(rounds=1, learning_rate=rate, average=0.9)
        return {"reviews": short, "phrases": short, "student": short}
    return {"reviews": Plan(rounds=1, learning_rate=rate, checks_per_round=6),
            "phrases": Plan(rounds=3, learning_rate=0.6 * rate),
            "student": Plan(rounds=3, learning_rate=rate)}


def _labelled_round(shared, pairs, smoothing, seed):
    seed_dropout(seed)
    return shared.rows((text for _, text in pairs), BPE_DROPOUT), _one_hot([label for label, _ in pairs], smoothing)


def _one_hot(labels, smoothing):
    return torch.eye(2)[labels] * (1 - 2 * smoothing) + smoothing


def _fresh(shared, architecture, seed):
    torch.manual_seed(seed)
    model = build_classifier(architecture, len(shared.tokenizer), 2, **SIZES[architecture])
    model.embed.weight.data.copy_(shared.vectors)
    return model


def _seed(role, architecture):
    return zlib.crc32(f"{role} {architecture}".encode()) % 10_000
