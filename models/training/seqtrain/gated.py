"""A bidirectional LSTM with peepholes and coupled gates, as the ONNX LSTM operator defines them.

PyTorch has neither, and running its autograd over a Python time loop is slow. Here one loop
serves both directions (the backward direction reads each row reversed inside its own length)
and the gradient is written by hand. Gates are in ONNX order i, o, f, c; i and f look at the
cell before the step and o at the cell after it; with coupled gates f = 1 - i.
"""
import math

import torch
from torch import nn


class _GatedSteps(torch.autograd.Function):
    """Runs every step; z is [time, direction, batch, 4 hidden], the input's share of the gates."""

    @staticmethod
    def forward(ctx, z, recurrent, peepholes, coupled):
        steps, directions, batch, _ = z.shape
        hidden = recurrent.shape[1]
        look_i, look_o, look_f = peepholes.chunk(3, dim=2) if peepholes is not None else (None,) * 3
        gates = torch.empty_like(z)
        cells = z.new_zeros(steps + 1, directions, batch, hidden)
        squashed = z.new_empty(steps, directions, batch, hidden)
        outputs = z.new_zeros(steps + 1, directions, batch, hidden)
        for t in range(steps):
            before = cells[t]
            zi, zo, zf, zc = torch.baddbmm(z[t], outputs[t], recurrent).chunk(4, dim=2)
            i, o, f, c = gates[t].chunk(4, dim=2)
            torch.sigmoid(zi if look_i is None else zi + look_i * before, out=i)
            if coupled:
                torch.sub(1, i, out=f)
            else:
                torch.sigmoid(zf if look_f is None else zf + look_f * before, out=f)
            torch.tanh(zc, out=c)
            after = torch.addcmul(f * before, i, c, out=cells[t + 1])
            torch.sigmoid(zo if look_o is None else zo + look_o * after, out=o)
            torch.tanh(after, out=squashed[t])
            torch.mul(o, squashed[t], out=outputs[t + 1])
        ctx.save_for_backward(gates, cells, squashed, outputs, recurrent, peepholes)
        ctx.coupled = coupled
        return outputs[1:].clone()

    @staticmethod
    def backward(ctx, grad_outputs):
        gates, cells, squashed, outputs, recurrent, peepholes = ctx.saved_tensors
        steps, directions, batch, hidden = grad_outputs.shape
        look_i, look_o, look_f = peepholes.chunk(3, dim=2) if peepholes is not None else (None,) * 3
        grad_z = torch.zeros_like(gates)
        grad_h = torch.zeros_like(grad_outputs[0])
        grad_c = torch.zeros_like(grad_h)
        back = recurrent.transpose(1, 2)
        for t in reversed(range(steps)):
            i, o, f, c = gates[t].chunk(4, dim=2)
            di, do, df, dc = grad_z[t].chunk(4, dim=2)
            grad_h = grad_h + grad_outputs[t]
            torch.mul(grad_h * squashed[t], o * (1 - o), out=do)
            grad_c = grad_c + grad_h * o * (1 - squashed[t] * squashed[t])
            if look_o is not None:
                grad_c = grad_c + do * look_o
            to_i = grad_c * c
            to_f = grad_c * cells[t]
            torch.mul(grad_c * i, 1 - c * c, out=dc)
            slope = i * (1 - i)
            if ctx.coupled:
                torch.mul(to_i - to_f, slope, out=di)
            else:
                torch.mul(to_i, slope, out=di)
                torch.mul(to_f, f * (1 - f), out=df)
            grad_c = grad_c * f
            if look_i is not None:
                grad_c = grad_c + di * look_i
                if not ctx.coupled:
                    grad_c = grad_c + df * look_f
            grad_h = torch.bmm(grad_z[t], back)
        flat = grad_z.transpose(0, 1).reshape(directions, steps * batch, 4 * hidden)
        earlier = outputs[:-1].transpose(0, 1).reshape(directions, steps * batch, hidden)
        grad_recurrent = torch.bmm(earlier.transpose(1, 2), flat)
        grad_peepholes = None
        if peepholes is not None:
            di, do, df, _ = grad_z.chunk(4, dim=3)
            looked_at = ((di, cells[:-1]), (do, cells[1:]), (df, cells[:-1]))
            grad_peepholes = torch.cat([(gate * cell).sum((0, 2)) for gate, cell in looked_at], dim=1).unsqueeze(1)
        return grad_z, grad_recurrent, grad_peepholes, None


def reversed_inside(lengths, steps):
    """Index [time, batch] that reverses each row inside its length and leaves its padding where it is."""
    positions = torch.arange(steps).unsqueeze(1)
    return torch.where(positions < lengths, lengths - 1 - positions, positions)


class BidirectionalLstm(nn.Module):
    """[time, batch, features] to [time, batch, 2 hidden]; what lies past a row's length is undefined."""

    def __init__(self, features, hidden, peepholes=False, coupled=False):
        super().__init__()
        self.hidden, self.coupled = hidden, coupled
        bound = 1 / math.sqrt(hidden)
        self.weight = nn.Parameter(torch.empty(2, 4 * hidden, features).uniform_(-bound, bound))
        self.recurrent = nn.Parameter(torch.empty(2, 4 * hidden, hidden).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(2, 4 * hidden))
        with torch.no_grad():
            self.bias[:, 2 * hidden:3 * hidden] = 1  # forget little until there is a reason to
        self.peepholes = nn.Parameter(torch.zeros(2, 3 * hidden)) if peepholes else None

    def forward(self, inputs, lengths):
        steps, batch, _ = inputs.shape
        index = reversed_inside(lengths, steps).unsqueeze(2)
        backward = inputs.gather(0, index.expand_as(inputs))
        both = torch.stack([inputs, backward]).reshape(2, steps * batch, -1)
        z = torch.baddbmm(self.bias.unsqueeze(1), both, self.weight.transpose(1, 2))
        z = z.reshape(2, steps, batch, -1).transpose(0, 1)
        looks = None if self.peepholes is None else self.peepholes.unsqueeze(1)
        outputs = _GatedSteps.apply(z.contiguous(), self.recurrent.transpose(1, 2), looks, self.coupled)
        forward, backward = outputs.unbind(1)
        return torch.cat([forward, backward.gather(0, index.expand_as(backward))], dim=2)
