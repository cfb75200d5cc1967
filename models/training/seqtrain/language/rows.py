"""Rows of running text as a training objective, and perplexity."""
import math

import torch

from ..batches import in_length_order, pad
from ..precision import half_products
from ..smoothed import smoothed_cross_entropy


class RowObjective:
    """How the training loop learns from a round of id rows, each with one token of context in front; see loop.Stage."""

    def __init__(self, half=False):
        self._half = half

    def lengths(self, rows):
        return [len(row) - 1 for row in rows]

    def loss(self, model, rows, batch):
        """(mean loss of a token, tokens)."""
        ids, lengths = pad([rows[index] for index in batch], model.embed.weight.device)
        with half_products(model, self._half):
            logits, wanted = next_tokens(model, ids, lengths)
        return smoothed_cross_entropy(logits, wanted, 0.0), len(wanted)


def next_tokens(model, ids, lengths):
    """(logits [tokens, vocabulary], wanted ids [tokens]) of every token but the first of each row, without the padding."""
    own = torch.arange(1, ids.shape[1], device=ids.device) < lengths.unsqueeze(1)
    return model.logits(model(ids[:, :-1])[own]), ids[:, 1:][own]


def negative_log_likelihood(model, rows):
    """(sum over all tokens but the first of each row, their number)."""
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for _, ids, lengths in in_length_order(rows):
            device = model.embed.weight.device
            logits, wanted = next_tokens(model, ids.to(device), lengths.to(device))
            total += torch.nn.functional.cross_entropy(logits, wanted, reduction="sum").item()
            count += len(wanted)
    return total, count


def perplexity(loss_sum, count):
    return math.exp(loss_sum / count)
