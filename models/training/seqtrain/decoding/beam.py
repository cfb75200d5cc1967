"""Beam search with the length penalty of GNMT (Wu et al. 2016)."""
from dataclasses import dataclass, field

import torch

from ..tokenizer import BOS, EOS
from .rows import choose


def normalized(log_probability, tokens, penalty):
    """The score that hypotheses of different lengths are compared by; `tokens` counts the end id."""
    return log_probability / ((5 + tokens) / 6) ** penalty


@dataclass
class _Sentence:
    limit: int
    live: list = field(default_factory=lambda: [[]])
    finished: list = field(default_factory=list)

    def advance(self, candidates, beams, penalty):
        """Takes (log-probability, beam, token), best first; gives (beam, token, log-probability) of the beams that live on."""
        kept = []
        for rank, (log_probability, beam, token) in enumerate(candidates):
            length = len(self.live[beam]) + 1
            if token != EOS:
                kept.append((beam, token, log_probability))
            elif rank < beams:
                # An end that more probable beams would have pushed out is no end.
                self.finished.append((normalized(log_probability, length, penalty), self.live[beam]))
            if len(kept) == beams:
                break
        self.live = [self.live[beam] + [token] for beam, token, _ in kept]
        if self.live and len(self.live[0]) >= self.limit:
            self.finished += [(normalized(log_probability, self.limit, penalty), ids) for ids, (_, _, log_probability) in zip(self.live, kept)]
            return []
        return kept if len(self.finished) < beams else []


def beam_search(model, state, memory, limits, beams=4, penalty=1.0):
    """For each row its finished hypotheses (score, ids without the end id), best first.

    A row is done when it has as many finished hypotheses as beams, or reaches its limit; what
    lives then counts as it is.
    """
    sentences = [_Sentence(limit) for limit in limits]
    # One beam at first: equal beams would crowd out the others.
    active = [(sentence, [(0.0, BOS)]) for sentence in sentences]
    while active:
        tokens = torch.tensor([token for _, beams_of in active for _, token in beams_of])
        so_far = torch.tensor([score for _, beams_of in active for score, _ in beams_of])
        logits, outputs, _ = model.step(tokens, state, memory)
        state = model.carry(state, outputs)
        scores = torch.log_softmax(logits, dim=1) + so_far.unsqueeze(1)
        following, rows, first = [], [], 0
        for (sentence, beams_of), part in zip(active, scores.split([len(beams_of) for _, beams_of in active])):
            best = torch.topk(part.reshape(-1), min(2 * beams, part.numel()))
            candidates = [(score, place // part.shape[1], place % part.shape[1]) for score, place in zip(best.values.tolist(), best.indices.tolist())]
            kept = sentence.advance(candidates, beams, penalty)
            if kept:
                following.append((sentence, [(score, token) for _, token, score in kept]))
                rows += [first + beam for beam, _, _ in kept]
            first += len(beams_of)
        active, rows = following, torch.tensor(rows, dtype=torch.int64)
        state, memory = choose(state, rows), choose(memory, rows)
    return [sorted(sentence.finished, key=lambda found: -found[0]) for sentence in sentences]
