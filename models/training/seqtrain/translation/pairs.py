"""Sentence pairs as a training objective: batches of near length, label-smoothed cross-entropy."""

import torch

from ..batches import pad
from ..precision import half_products
from ..smoothed import smoothed_cross_entropy
from ..tokenizer import BOS, EOS


class PairObjective:
    """How the training loop learns from a round of (source ids, target ids); see loop.Stage."""

    def __init__(self, smoothing=0.1, half=False):
        self._smoothing, self._half = smoothing, half

    def lengths(self, pairs):
        """What a pair costs: its longer side."""
        return [max(len(source), len(target)) + 1 for source, target in pairs]

    def loss(self, model, pairs, batch):
        """(mean loss of a target token, target tokens)."""
        chosen = [pairs[index] for index in batch]
        with half_products(model, self._half):
            logits, wanted = teacher_forced(model, chosen)
        return smoothed_cross_entropy(logits, wanted, self._smoothing), len(wanted)


def teacher_forced(model, pairs):
    """(logits [tokens, vocabulary], wanted ids [tokens]) of all target tokens, padding left out before the costly projection."""
    device = model.embed.weight.device
    source, source_lengths = pad([source + [EOS] for source, _ in pairs], device)
    shown, _ = pad([[BOS] + target for _, target in pairs], device)
    wanted, lengths = pad([target + [EOS] for _, target in pairs], device)
    own = torch.arange(wanted.shape[1], device=device) < lengths.unsqueeze(1)
    return model.logits(model(source, source_lengths, shown)[own]), wanted[own]


def token_loss(model, pairs, tokens=8192):
    """Mean negative log-likelihood of a target token, without smoothing."""
    model.eval()
    order = sorted(range(len(pairs)), key=lambda index: max(map(len, pairs[index])))
    total, count, start = 0.0, 0, 0
    with torch.no_grad():
        while start < len(order):
            rows = max(1, tokens // (max(map(len, pairs[order[min(start + 127, len(order) - 1)]])) + 1))
            chosen = [pairs[index] for index in order[start:start + min(rows, 128)]]
            logits, wanted = teacher_forced(model, chosen)
            total += torch.nn.functional.cross_entropy(logits, wanted, reduction="sum").item()
            count += len(wanted)
            start += len(chosen)
    return total / count
