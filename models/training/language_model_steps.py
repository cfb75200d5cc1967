"""The steps of the language model recipe: vocabulary, training."""
import torch

import language_model_corpus
from seqtrain.batches import share_of_epoch
from seqtrain.foundation import seed_of
from seqtrain.language.architectures import build_language_model
from seqtrain.language.rows import RowObjective, negative_log_likelihood
from seqtrain.loop import Plan, Stage
from seqtrain.precision import half_products_pay
from seqtrain.tokenizer import Tokenizer, train_tokenizer

EPOCHS = 3
_VOCABULARY = 6000
# A round is a part of an epoch, so that a run that is stopped loses minutes only.
_PARTS = 12
_RATE = {"rnn": 1e-3, "lstm": 2e-3, "gru": 1.5e-3, "transformer": 1.5e-3}


class LanguageModels:
    """The corpus and the vocabulary that the four models share, and the training of one."""

    def __init__(self, data, work, corpus, quick):
        self.name, self.corpus, self._quick = corpus, language_model_corpus.load(data, corpus, few=quick), quick
        self._work = work if corpus == language_model_corpus.SHELF else work / corpus
        path = self._work / "tokenizer.model"
        if not path.exists():
            # Each paragraph once: what a book repeats needs no pieces of its own.
            texts = sorted({text for chapter in self.corpus.train for text in chapter})
            train_tokenizer(texts, 1000 if quick else _VOCABULARY, path)
        self.tokenizer = Tokenizer(path)
        self.valid_rows = [row for chapters in self.corpus.valid.values() for row in self.rows(chapters)]

    def rows(self, chapters):
        return language_model_corpus.rows_of(chapters, self.tokenizer)

    def train(self, architecture, epochs, minutes, device):
        """(model, report, curve file): the averaged weights with the best validation loss."""
        seed = seed_of("language model", architecture)
        rows, epochs = self.rows(self.corpus.train), 1 if self._quick else epochs
        # A share of the validation rows is enough to see where training stands; the books are long.
        checked = self.valid_rows[::4]

        def part_of(number):
            return share_of_epoch(rows, number, _PARTS, seed)

        def validate(model):
            total, count = negative_log_likelihood(model, checked)
            return -total / count

        torch.manual_seed(seed)
        model = build_language_model(architecture, len(self.tokenizer)).to(device)
        plan = Plan(rounds=epochs * _PARTS, learning_rate=_RATE[architecture], average=0.999, checks_per_round=1, minutes=minutes, patience=_PARTS)
        folder = self._work / architecture
        result, report = Stage("train", model, plan, part_of, validate, folder, seed, RowObjective(half=half_products_pay(device))).run()
        return result.cpu(), report, folder / "train.csv"
