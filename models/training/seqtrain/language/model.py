"""What the language models have in common.

`call` is what the served graph does: it reads some tokens behind what the state already holds and
answers with the scores of the next one. The same call takes a whole prompt or one token.
"""
import torch

from ..tied import TiedEmbedding


class LanguageModel(TiedEmbedding):
    def forward(self, tokens):
        """Features [batch, time, embedding] behind each token of texts that begin here."""
        lengths = torch.full((len(tokens),), tokens.shape[1], device=tokens.device)
        return self.run(tokens, lengths, self.begin(len(tokens)))[0]

    def call(self, tokens, lengths, state):
        """(logits behind each row's last token, outputs that replace or extend the state)."""
        features, outputs = self.run(tokens, lengths, state)
        return self.logits(features[torch.arange(len(tokens), device=tokens.device), lengths - 1]), outputs

    def begin(self, batch):
        """The state before any token, named as the graph's inputs."""
        raise NotImplementedError

    def run(self, tokens, lengths, state):
        """(features of every token, outputs)."""
        raise NotImplementedError

    def carry(self, state, outputs, lengths):
        """The state of the next call."""
        raise NotImplementedError
