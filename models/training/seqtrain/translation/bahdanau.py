"""Bahdanau et al. 2015: a bidirectional GRU keeps a state for each source token, and each step looks where it needs to."""
import torch
from torch import nn

from ..heads import FAR_BELOW
from ..recurrence import recurrence
from .translator import Maxout, Translator


class AttentionTranslator(Translator):
    def __init__(self, vocabulary, embedding=192, hidden=320, attention=256, dropout=0.2):
        super().__init__(vocabulary, embedding, dropout)
        self.encoder = nn.GRU(embedding, hidden, batch_first=True, bidirectional=True)
        self.first = nn.Linear(hidden, hidden)
        self.key = nn.Linear(2 * hidden, attention, bias=False)
        self.query = nn.Linear(hidden, attention)
        self.score = nn.Linear(attention, 1, bias=False)
        self.cell = nn.GRUCell(embedding + 2 * hidden, hidden)
        self.readout = Maxout(3 * hidden + embedding, embedding)

    def encode(self, source, lengths):
        memory, last = recurrence(self.encoder, self.dropout(self.embedded(source)), lengths)
        # The backward direction ends at the first word, and a translation begins there.
        return {"h0": torch.tanh(self.first(last[1])), "memory": memory, "keys": self.key(memory)}

    def begin(self, encoded, lengths):
        return {"h_in": encoded["h0"]}, {"memory": encoded["memory"], "keys": encoded["keys"], "src_len": lengths}

    def features(self, target, state, memory):
        words = self.dropout(self.embedded(target))
        # The words' part of the cell's input is one large product here instead of a small one in each step.
        from_words, from_context = self.cell.weight_ih.split([words.shape[2], memory["memory"].shape[2]], dim=1)
        driven = nn.functional.linear(words, from_words, self.cell.bias_ih)
        # Autocast remembers its copies of parameters only, and would cast this part of one anew in each step.
        from_context = from_context.to(driven.dtype)
        bias, hidden, states, contexts = self._bias(memory), state["h_in"], [], []
        for index in range(target.shape[1]):
            context, _ = self._look(hidden, memory, bias)
            hidden = self._next(driven[:, index] + nn.functional.linear(context, from_context), hidden)
            states.append(hidden)
            contexts.append(context)
        return self._read(torch.stack(states, dim=1), torch.stack(contexts, dim=1), words)

    def step(self, tokens, state, memory):
        words = self.embedded(tokens)
        context, weights = self._look(state["h_in"], memory, self._bias(memory))
        hidden = self.cell(torch.cat([words, context], dim=1), state["h_in"])
        return self.logits(self._read(hidden, context, words)), {"h_out": hidden}, weights

    def _bias(self, memory):
        beyond = torch.arange(memory["keys"].shape[1], device=memory["keys"].device) >= memory["src_len"].unsqueeze(1)
        return beyond * FAR_BELOW

    def _look(self, hidden, memory, bias):
        """(context [batch, 2H], weights [batch, source]) as the state before this step asks for."""
        scores = self.score(torch.tanh(memory["keys"] + self.query(hidden).unsqueeze(1))).squeeze(2)
        weights = torch.softmax(scores + bias, dim=1)
        return torch.bmm(weights.unsqueeze(1).to(memory["memory"].dtype), memory["memory"]).squeeze(1), weights

    def _next(self, driven, hidden):
        r, z, n = driven.chunk(3, dim=1)
        recurrent_r, recurrent_z, recurrent_n = nn.functional.linear(hidden, self.cell.weight_hh, self.cell.bias_hh).chunk(3, dim=1)
        update = torch.sigmoid(z + recurrent_z)
        candidate = torch.tanh(n + torch.sigmoid(r + recurrent_r) * recurrent_n)
        return torch.lerp(candidate, hidden.to(candidate.dtype), update)

    def _read(self, hidden, context, words):
        return self.dropout(self.readout(torch.cat([hidden, context, words], dim=-1)))
