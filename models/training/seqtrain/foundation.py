"""What the models of one recipe start from: a tokenizer, word vectors and a longest input."""
import zlib

import torch

from .classifiers import build_classifier
from .embeddings import cooccurrence_vectors
from .tokenizer import Tokenizer, seed_dropout, train_tokenizer

# One recurrent layer answers fastest; the plain RNN, which has no gates, needs the second.
SIZES = {"rnn": {"layers": 2}, "lstm": {}, "lstm-peephole": {}, "lstm-coupled": {}, "gru": {}, "transformer": {}}
_EMBEDDING = 128
_BPE_DROPOUT = 0.1


class Foundation:
    """Made from the recipe's normalized texts once; later runs read it from the work folder."""

    def __init__(self, work, texts, vocabulary, classes, longest, sizes=SIZES):
        self._classes, self._longest, self._sizes = classes, longest, sizes
        if not (work / "tokenizer.model").exists():
            train_tokenizer(texts, vocabulary, work / "tokenizer.model")
        self.tokenizer = Tokenizer(work / "tokenizer.model")
        if not (work / "vectors.pt").exists():
            torch.save(cooccurrence_vectors(self.tokenizer.encode_all(texts), len(self.tokenizer), _EMBEDDING), work / "vectors.pt")
        self._vectors = torch.load(work / "vectors.pt")

    def rows(self, texts):
        """Ids as the server makes them, cut at the longest input."""
        return [row[:self._longest] for row in self.tokenizer.encode_all(texts)]

    def varied_rows(self, texts, seed):
        """Ids with BPE dropout, other ones for each seed."""
        seed_dropout(seed)
        return [row[:self._longest] for row in self.tokenizer.encode_all(texts, _BPE_DROPOUT)]

    def fresh_model(self, architecture, seed):
        """An untrained model that knows the word vectors."""
        torch.manual_seed(seed)
        model = build_classifier(architecture, len(self.tokenizer), self._classes, **self._sizes[architecture])
        model.embed.weight.data.copy_(self._vectors)
        return model

    def targets(self, labels, smoothing):
        """One row of probabilities a label; `smoothing` is shared by all classes."""
        return torch.eye(self._classes)[labels] * (1 - smoothing) + smoothing / self._classes


def seed_of(*words):
    """A fixed seed for a role, so that no two runs share one by chance."""
    return zlib.crc32(" ".join(words).encode()) % 10_000
