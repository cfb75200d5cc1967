"""The steps of the translation recipe: vocabulary, training."""
import torch

import translation_corpus
from seqtrain.batches import share_of_epoch
from seqtrain.foundation import seed_of
from seqtrain.loop import Plan, Stage
from seqtrain.precision import half_products_pay
from seqtrain.tokenizer import Tokenizer, train_tokenizer
from seqtrain.translation.families import build_translator
from seqtrain.translation.pairs import PairObjective, token_loss
from seqtrain.translation.translate import MOST_INPUT

EPOCHS = 8
_VOCABULARY = 5000
# A round is a part of an epoch, so that a run that is stopped loses minutes only.
_PARTS = 4
# The pair with a tenth of the others' data: more weights would only remember it, and the shelf has little room left.
_SIZES = {("en-zh", "transformer"): {"embedding": 128, "heads": 4, "layers": 3, "inner": 256, "dropout": 0.2}}
_RATE = {"cho": 1.5e-3, "sutskever": 1.5e-3, "attention": 3e-3, "transformer": 2e-3}


class Translation:
    """The corpus and the vocabulary of one pair, and the training of one family on it."""

    def __init__(self, data, work, pair, quick):
        self.pair, self.corpus, self._quick = pair, translation_corpus.load(data, pair, few=quick), quick
        # Both directions of a pair share one vocabulary, for they share one data folder.
        self._work = work / self.corpus.folder
        path = self._work / "tokenizer.model"
        if not path.exists():
            texts = sorted({text for pair in self.corpus.train for text in pair})
            train_tokenizer(texts, 1000 if quick else _VOCABULARY, path)
        self.tokenizer = Tokenizer(path)
        self.valid_rows = self._rows(self.corpus.valid)

    def train(self, family, epochs, minutes, device):
        """(model, report, folder of the curve): the averaged weights with the best validation loss."""
        seed = seed_of("translation", self.pair, family)
        rows, epochs = self._rows(self.corpus.train), 1 if self._quick else epochs

        def part_of(number):
            part = share_of_epoch(rows, number, _PARTS, seed)
            return translation_corpus.some_joined(part, seed * 1000 + number, MOST_INPUT)

        def validate(model):
            return -token_loss(model, self.valid_rows)

        torch.manual_seed(seed)
        model = build_translator(family, len(self.tokenizer), **_SIZES.get((self.pair, family), {})).to(device)
        plan = Plan(rounds=epochs * _PARTS, learning_rate=_RATE[family], average=0.999, checks_per_round=1, minutes=minutes, patience=2 * _PARTS)
        folder = self._work / self.pair / family
        result, report = Stage("train", model, plan, part_of, validate, folder, seed, PairObjective(half=half_products_pay(device))).run()
        return result.cpu(), report, folder / "train.csv"

    def _rows(self, pairs):
        sources, targets = (self.tokenizer.encode_all(texts) for texts in zip(*pairs))
        rows = zip(sources, targets)
        return [pair for pair in rows if pair[0] and pair[1] and max(map(len, pair)) < MOST_INPUT]
