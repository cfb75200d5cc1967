"""Cho et al. 2014: the source becomes one vector, which every step of the decoder sees."""
import torch
from torch import nn

from ..recurrence import recurrence
from .translator import Maxout, Translator


class ChoTranslator(Translator):
    def __init__(self, vocabulary, embedding=192, hidden=384, dropout=0.2):
        super().__init__(vocabulary, embedding, dropout)
        self.encoder = nn.GRU(embedding, hidden, batch_first=True)
        self.summary = nn.Linear(hidden, hidden)
        self.first = nn.Linear(hidden, hidden)
        self.decoder = nn.GRU(embedding + hidden, hidden, batch_first=True)
        self.readout = Maxout(2 * hidden + embedding, embedding)

    def encode(self, source, lengths):
        _, last = recurrence(self.encoder, self.dropout(self.embedded(source)), lengths)
        context = torch.tanh(self.summary(last[0]))
        return {"h0": torch.tanh(self.first(context)), "context": context}

    def begin(self, encoded, lengths):
        return {"h_in": encoded["h0"]}, {"context": encoded["context"]}

    def features(self, target, state, memory):
        return self._run(target, state, memory)[0]

    def step(self, tokens, state, memory):
        features, last = self._run(tokens.unsqueeze(1), state, memory)
        return self.logits(features.squeeze(1)), {"h_out": last[0]}, None

    def _run(self, target, state, memory):
        words = self.dropout(self.embedded(target))
        context = memory["context"].unsqueeze(1).expand(-1, target.shape[1], -1)
        states, last = recurrence(self.decoder, torch.cat([words, context], dim=2), first=state["h_in"].unsqueeze(0).contiguous())
        return self.dropout(self.readout(torch.cat([states, words, context], dim=2))), last
