"""A classifier of another kind: it sees which words, neighbouring words and parts of words a text has, and not their order beyond that.

Too large to be served, but what it gets wrong is not what a sequence model gets wrong, so that its
opinion is worth much beside theirs (results/intent.md).
"""
import math
from collections import Counter

import torch
from torch import nn

from .tokenizer import PAD

_LEAST_TEXTS = 3


def parts_of(text):
    """The set of words, pairs of words next to each other or with one between, and spans of three to five characters within a word."""
    words = text.split()
    framed = ["<", *words, ">"]
    pairs = {("next", *pair) for pair in zip(framed, framed[1:])} | {("over", *pair) for pair in zip(framed, framed[2:])}
    return set(words) | pairs | {("span", span) for word in words for span in _spans(f"<{word}>")}


def _spans(word):
    return (word[start:start + size] for size in (3, 4, 5) for start in range(len(word) - size + 1))


class PartsVocabulary:
    """The parts that at least three of the texts have, by number from 1 (0 is padding)."""

    def __init__(self, texts):
        counts = Counter(part for text in texts for part in parts_of(text))
        kept = sorted((part for part, count in counts.items() if count >= _LEAST_TEXTS), key=repr)
        self._ids = {part: number for number, part in enumerate(kept, 1)}
        # Inverse document frequency; padding weighs nothing.
        self.weights = torch.tensor([0.0] + [math.log(len(texts) / counts[part]) for part in kept])

    def rows(self, texts):
        """The ids of each text's known parts; a text without any has one padding id."""
        return [sorted(self._ids[part] for part in parts_of(text) if part in self._ids) or [PAD] for text in texts]


class PartsClassifier(nn.Module):
    """Ids [batch, parts] and lengths [batch] to logits [batch, classes]: a weighted sum of vectors of unit weight, one hidden layer."""

    def __init__(self, weights, classes, hidden=192, parts_dropout=0.3, dropout=0.3):
        super().__init__()
        self.register_buffer("weights", weights)
        self.embed = nn.Embedding(len(weights), hidden)
        nn.init.normal_(self.embed.weight, std=0.05)
        self.parts_dropout, self.dropout = nn.Dropout(parts_dropout), nn.Dropout(dropout)
        self.head = nn.Linear(hidden, classes)

    def forward(self, ids, lengths):
        weights = self.weights[ids]
        weights = self.parts_dropout(weights / weights.norm(dim=1, keepdim=True).clamp(min=1e-6))
        summed = nn.functional.embedding_bag(ids, self.embed.weight, per_sample_weights=weights, mode="sum")
        return self.head(self.dropout(torch.relu(summed)))
