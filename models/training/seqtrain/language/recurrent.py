"""Language models by tanh RNN, LSTM and GRU."""
import torch
from torch import nn

from ..recurrence import recurrence
from .model import LanguageModel

_CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class RecurrentLanguageModel(LanguageModel):
    def __init__(self, architecture, vocabulary, hidden, embedding=192, layers=2, dropout=0.1):
        super().__init__(vocabulary, embedding, dropout)
        self.net = _CELLS[architecture](embedding, hidden, layers, batch_first=True, dropout=dropout)
        self.readout = nn.Linear(hidden, embedding)
        self.states = ("h", "c") if architecture == "lstm" else ("h",)

    def begin(self, batch):
        zeros = torch.zeros(batch, self.net.num_layers, self.net.hidden_size, device=self.embed.weight.device)
        return {f"{name}_in": zeros for name in self.states}

    def run(self, tokens, lengths, state):
        words = self.dropout(self.embed(tokens) * self.scale)
        first = tuple(state[f"{name}_in"].transpose(0, 1).contiguous() for name in self.states)
        every, last = recurrence(self.net, words, lengths, first if len(first) > 1 else first[0])
        last = last if isinstance(last, tuple) else (last,)
        outputs = {f"{name}_out": tensor.transpose(0, 1) for name, tensor in zip(self.states, last)}
        return self.dropout(self.readout(self.dropout(every))), outputs

    def carry(self, state, outputs, lengths):
        return {name: outputs[name.replace("_in", "_out")] for name in state}
