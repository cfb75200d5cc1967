"""What the four families have in common.

A family splits its work as the served graphs do: `encode` once for a source, then `step` for each
target token. `features` runs the decoder over a whole target at once, for training, and must
give what the steps give.
"""
import torch
from torch import nn

from ..tied import TiedEmbedding


class Translator(TiedEmbedding):
    """One embedding serves source, target and output: with few words to learn from, each is seen three times as often."""

    def embedded(self, ids):
        return self.embed(ids) * self.scale

    def forward(self, source, source_lengths, target):
        """Features [batch, time, embedding] after each token of `target`, which begins with the start id."""
        return self.features(target, *self.begin(self.encode(source, source_lengths), source_lengths))

    def encode(self, source, lengths):
        """Outputs of the encoder graph, by name."""
        raise NotImplementedError

    def begin(self, encoded, lengths):
        """(state, memory): what changes from step to step and what does not, named as the decoder graph's inputs."""
        raise NotImplementedError

    def features(self, target, state, memory):
        raise NotImplementedError

    def step(self, tokens, state, memory):
        """(logits, outputs that replace or extend the state, attention over the source or None)."""
        raise NotImplementedError

    def carry(self, state, outputs):
        """The state of the next step: recurrent families replace it."""
        return {name: outputs[name.replace("_in", "_out")] for name in state}


class Maxout(nn.Module):
    """The larger of two linear maps: the output layer of Cho et al. and of Bahdanau et al."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.both = nn.Linear(inputs, 2 * outputs)

    def forward(self, values):
        first, second = self.both(values).chunk(2, dim=-1)
        return torch.maximum(first, second)
