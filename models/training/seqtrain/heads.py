"""Multi-head attention whose keys and values may come from elsewhere: a cache, or the encoder."""
import math

import torch
from torch import nn

from .dropout import ByteDropout

FAR_BELOW = -1e9


def sinusoids(positions, width):
    """Fixed position vectors [positions, width]: sines and cosines of falling rates, side by side."""
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    angles = torch.arange(positions).unsqueeze(1) * rates
    return torch.stack([angles.sin(), angles.cos()], dim=2).reshape(positions, width)


def split_heads(states, heads):
    """[batch, time, width] as [batch, heads, time, width / heads]."""
    batch, steps, width = states.shape
    return states.reshape(batch, steps, heads, width // heads).transpose(1, 2)


def attend(queries, keys, values, bias):
    """(mixed values [batch, time, width], weights [batch, heads, time, keys]); `bias` is far below zero where nothing may be seen."""
    scores = queries @ keys.transpose(2, 3) * (1 / math.sqrt(queries.shape[3])) + bias
    weights = torch.softmax(scores, dim=3)
    batch, heads, steps, size = queries.shape
    return (weights @ values).transpose(1, 2).reshape(batch, steps, heads * size), weights


class SelfAttention(nn.Module):
    """Attends to its own states, and to the keys and values of earlier ones."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.mix = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, states, bias, past=None):
        """(states, (new keys, new values)); `past` holds the keys and values that stand before the new ones."""
        queries, keys, values = (split_heads(part, self.heads) for part in self.mix(states).chunk(3, dim=2))
        new = keys, values
        if past is not None:
            keys, values = (torch.cat(both, dim=2) for both in zip(past, new))
        return self.out(attend(queries, keys, values, bias)[0]), new


class CrossAttention(nn.Module):
    """Attends to what the encoder saw; its keys and values are made once for each source."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.memory = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def keys_values(self, encoded):
        return tuple(split_heads(part, self.heads).contiguous() for part in self.memory(encoded).chunk(2, dim=2))

    def forward(self, states, keys, values, bias):
        mixed, weights = attend(split_heads(self.query(states), self.heads), keys, values, bias)
        return self.out(mixed), weights


class FeedForward(nn.Module):
    def __init__(self, width, inner, dropout):
        super().__init__()
        self.feed_in, self.feed_out = nn.Linear(width, inner), nn.Linear(inner, width)
        self.dropout = ByteDropout(dropout)

    def forward(self, states):
        return self.feed_out(self.dropout(torch.relu(self.feed_in(states))))


def length_bias(lengths, steps):
    """[batch, 1, 1, steps]: nothing beyond a row's own length is seen."""
    beyond = torch.arange(steps, device=lengths.device) >= lengths.unsqueeze(1)
    return (beyond * FAR_BELOW).reshape(len(lengths), 1, 1, steps)


def causal_bias(past_lengths, past, steps):
    """[batch, 1, steps, past + steps]: of the cache what lies below `past_lengths`, of the new steps none that comes later."""
    batch, device = len(past_lengths), past_lengths.device
    cached = (torch.arange(past, device=device) >= past_lengths.unsqueeze(1)).reshape(batch, 1, 1, past).expand(batch, 1, steps, past)
    order = torch.arange(steps, device=device)
    later = (order > order.unsqueeze(1)).expand(batch, 1, steps, steps)
    return torch.cat([cached, later], dim=3) * FAR_BELOW
