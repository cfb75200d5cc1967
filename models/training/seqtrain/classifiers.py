"""The classifiers: ids [batch, time] and lengths [batch] to logits [batch, classes].

Each row is read from its own tokens only, so that its answer does not depend on padding or on
the rows it shares a batch with. The pooled mean and maximum over time stand for the text.
"""
import math

import torch
from torch import nn

from .gated import BidirectionalLstm
from .heads import FAR_BELOW, sinusoids
from .recurrence import recurrence

RECURRENT = ("rnn", "lstm", "lstm-peephole", "lstm-coupled", "gru")


def valid_steps(lengths, steps):
    """Mask [batch, time, 1], true on a row's own tokens."""
    return (torch.arange(steps) < lengths.unsqueeze(1)).unsqueeze(2)


def pooled(states, mask):
    """Mean and maximum over a row's valid steps, side by side."""
    mean = (states * mask).sum(1) / mask.sum(1)
    return torch.cat([mean, states.masked_fill(~mask, FAR_BELOW).amax(1)], dim=1)


class LibraryRecurrence(nn.Module):
    """nn.RNN and nn.GRU in both directions; the backward one starts at a row's last token."""

    def __init__(self, kind, features, hidden):
        super().__init__()
        self.net = {"rnn": nn.RNN, "gru": nn.GRU}[kind](features, hidden, batch_first=True, bidirectional=True)
        for name, parameter in self.net.named_parameters():
            if name.startswith("weight_hh"):
                for gate in parameter.data.split(hidden):
                    nn.init.orthogonal_(gate)

    def forward(self, inputs, lengths):
        return recurrence(self.net, inputs.transpose(0, 1), lengths)[0].transpose(0, 1)


def _layer(architecture, features, hidden):
    if architecture.startswith("lstm"):
        return BidirectionalLstm(features, hidden, architecture == "lstm-peephole", architecture == "lstm-coupled")
    return LibraryRecurrence(architecture, features, hidden)


class RecurrentClassifier(nn.Module):
    def __init__(self, architecture, vocabulary, classes, embedding=128, hidden=192, layers=1, dropout=0.4):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, embedding)
        nn.init.normal_(self.embed.weight, std=0.3)
        widths = [embedding] + [2 * hidden] * (layers - 1)
        self.layers = nn.ModuleList(_layer(architecture, width, hidden) for width in widths)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(4 * hidden, classes)

    def forward(self, ids, lengths):
        states = self.embed(ids).transpose(0, 1)
        for layer in self.layers:
            states = layer(self.dropout(states), lengths)
        return self.head(self.dropout(pooled(states.transpose(0, 1), valid_steps(lengths, ids.shape[1]))))


class Attention(nn.Module):
    """Multi-head self-attention; the built-in module has a fused path that does not export."""

    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads = heads
        self.mix = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, states, bias):
        batch, steps, width = states.shape
        q, k, v = self.mix(states).reshape(batch, steps, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(width // self.heads) + bias, dim=3)
        return self.out((self.dropout(weights) @ v).transpose(1, 2).reshape(batch, steps, width))


class EncoderLayer(nn.Module):
    def __init__(self, width, heads, inner, dropout):
        super().__init__()
        self.norm_attention, self.norm_feed = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads, dropout)
        self.feed_in, self.feed_out = nn.Linear(width, inner), nn.Linear(inner, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, states, bias):
        states = states + self.dropout(self.attention(self.norm_attention(states), bias))
        inner = torch.relu(self.feed_in(self.norm_feed(states)))
        return states + self.dropout(self.feed_out(self.dropout(inner)))


class TransformerClassifier(nn.Module):
    """Pre-norm encoder. Positions are learned from a sinusoidal start, so that the rarely seen late ones begin sensibly."""

    def __init__(self, vocabulary, classes, width=128, layers=3, heads=4, inner=512, positions=256, dropout=0.2):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.embed.weight, std=0.3)
        self.positions = nn.Parameter(0.1 * sinusoids(positions, width))
        self.layers = nn.ModuleList(EncoderLayer(width, heads, inner, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * width, classes)

    def forward(self, ids, lengths):
        mask = valid_steps(lengths, ids.shape[1])
        bias = torch.zeros(mask.shape).masked_fill(~mask, FAR_BELOW).reshape(len(ids), 1, 1, -1)
        states = self.dropout(self.embed(ids) + self.positions[:ids.shape[1]])
        for layer in self.layers:
            states = layer(states, bias)
        return self.head(self.dropout(pooled(self.norm(states), mask)))


def build_classifier(architecture, vocabulary, classes, **sizes):
    if architecture == "transformer":
        return TransformerClassifier(vocabulary, classes, **sizes)
    return RecurrentClassifier(architecture, vocabulary, classes, **sizes)
