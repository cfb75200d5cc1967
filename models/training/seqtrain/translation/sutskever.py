"""Sutskever et al. 2014: a stacked LSTM reads the reversed source, and its last state is where the decoder begins."""
import torch
from torch import nn

from ..recurrence import recurrence
from .translator import Translator


def reversed_within(ids, lengths):
    """Each row's own tokens in reverse order; the padding stays behind them."""
    steps = torch.arange(ids.shape[1], device=ids.device)
    back = lengths.unsqueeze(1) - 1 - steps
    return ids.gather(1, torch.where(back >= 0, back, steps))


class SutskeverTranslator(Translator):
    def __init__(self, vocabulary, embedding=192, hidden=320, layers=2, dropout=0.2):
        super().__init__(vocabulary, embedding, dropout)
        self.encoder = nn.LSTM(embedding, hidden, layers, batch_first=True, dropout=dropout)
        self.decoder = nn.LSTM(embedding, hidden, layers, batch_first=True, dropout=dropout)
        self.readout = nn.Linear(hidden, embedding)

    def encode(self, source, lengths):
        backwards = self.dropout(self.embedded(reversed_within(source, lengths)))
        _, (hidden, cell) = recurrence(self.encoder, backwards, lengths)
        return {"h0": hidden.transpose(0, 1), "c0": cell.transpose(0, 1)}

    def begin(self, encoded, lengths):
        return {"h_in": encoded["h0"], "c_in": encoded["c0"]}, {}

    def features(self, target, state, memory):
        return self._run(target, state)[0]

    def step(self, tokens, state, memory):
        features, (hidden, cell) = self._run(tokens.unsqueeze(1), state)
        return self.logits(features.squeeze(1)), {"h_out": hidden.transpose(0, 1), "c_out": cell.transpose(0, 1)}, None

    def _run(self, target, state):
        begin = tuple(state[name].transpose(0, 1).contiguous() for name in ("h_in", "c_in"))
        states, last = recurrence(self.decoder, self.dropout(self.embedded(target)), first=begin)
        return self.dropout(self.readout(self.dropout(states))), last
