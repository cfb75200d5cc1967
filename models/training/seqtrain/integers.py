"""A Transformer classifier whose linear layers multiply 8-bit integers, simulated so that what is scored is what the graph computes.

The step of each layer's input is measured once, on training texts. A runtime that measures it in each batch makes a row's
answer depend on its neighbours.
"""
import copy

import torch
from torch import nn

from .precision import round_table

# Processors with AVX2 but without VNNI add pairs of products (byte by signed byte) in 16 bits, which saturates above 2 * 255 * 64.
_LARGEST_WEIGHT = 63
_LARGEST_BYTE = 255


class IntegerLinear(nn.Module):
    """A linear layer over bytes: [..., in] to [..., out].

    `numbers` [out, in] are whole and within 63 of zero, one of them is worth `steps` [out]; an input byte b is worth
    (b - zero) * step. Sums of up to a thousand products are whole numbers that single precision holds exactly.
    """

    def __init__(self, layer, least, most):
        super().__init__()
        least, most = min(least, 0.0), max(most, 0.0)
        self.step = torch.tensor((most - least) / _LARGEST_BYTE)
        self.zero = round(-least / self.step.item())
        weight = layer.weight.detach()
        self.steps = weight.abs().amax(1) / _LARGEST_WEIGHT
        self.numbers = (weight / self.steps.unsqueeze(1)).round()
        self.bias = layer.bias.detach()

    def forward(self, values):
        taken = ((values / self.step).round() + self.zero).clamp(0, _LARGEST_BYTE) - self.zero
        return nn.functional.linear(taken, self.numbers) * (self.step * self.steps) + self.bias


def with_integers(model, rows):
    """A copy of a TransformerClassifier with IntegerLinear in its encoder; `rows` of ids are what the range of each layer's input is measured on."""
    model = copy.deepcopy(model).eval()
    model.embed.weight.data = round_table(model.embed.weight.data)
    ranges = _input_ranges(model, rows)
    for owner, name in _linear_layers(model):
        layer = getattr(owner, name)
        setattr(owner, name, IntegerLinear(layer, *ranges[layer]))
    return model


def holds_integers(model):
    return any(isinstance(part, IntegerLinear) for part in model.modules())


def _linear_layers(model):
    """(the module that holds it, its name there) of each linear layer of the encoder."""
    return [(owner, name) for owner in model.layers.modules() for name, part in owner.named_children() if isinstance(part, nn.Linear)]


def _input_ranges(model, rows):
    """Each linear layer's least and largest input value. A row at a time, for padding is no input."""
    ranges = {}

    def watch(layer, inputs):
        least, most = ranges.get(layer, (0.0, 0.0))
        ranges[layer] = min(least, inputs[0].min().item()), max(most, inputs[0].max().item())

    watches = [getattr(owner, name).register_forward_pre_hook(watch) for owner, name in _linear_layers(model)]
    with torch.no_grad():
        for row in rows:
            model(torch.tensor([row]), torch.tensor([len(row)]))
    for handle in watches:
        handle.remove()
    return ranges
