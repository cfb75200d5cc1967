"""nn.RNN, nn.LSTM and nn.GRU with a gradient that is quick to compute on a processor.

PyTorch adds a gradient of the whole recurrent matrix in every step, which at these sizes is
half of the time of training. Here the gradient is written by hand, and the matrix gets its own in
one large product after the last step. Weights, gate orders and answers are PyTorch's.
"""
import torch
from torch import nn

from .gated import reversed_inside


class _LstmSteps(torch.autograd.Function):
    """All steps of one layer and direction; z is [time, batch, 4 hidden], the input's share of the gates i, f, g, o."""

    @staticmethod
    def forward(ctx, z, recurrent, first_h, first_c):
        steps, batch, _ = z.shape
        size = first_h.shape[1]
        gates = torch.empty_like(z)
        outputs, cells = z.new_empty(steps + 1, batch, size), z.new_empty(steps + 1, batch, size)
        squashed = z.new_empty(steps, batch, size)
        outputs[0], cells[0] = first_h, first_c
        back = recurrent.t()
        for t in range(steps):
            gate = torch.addmm(z[t], outputs[t], back, out=gates[t])
            gate[:, :2 * size].sigmoid_()
            gate[:, 2 * size:3 * size].tanh_()
            gate[:, 3 * size:].sigmoid_()
            i, f, g, o = gate.chunk(4, dim=1)
            torch.addcmul(f * cells[t], i, g, out=cells[t + 1])
            torch.tanh(cells[t + 1], out=squashed[t])
            torch.mul(o, squashed[t], out=outputs[t + 1])
        ctx.save_for_backward(gates, outputs, cells, squashed, recurrent)
        return outputs[1:].clone(), cells[1:].clone()

    @staticmethod
    def backward(ctx, grad_outputs, grad_cells):
        gates, outputs, cells, squashed, recurrent = ctx.saved_tensors
        grad_z = torch.empty_like(gates)
        grad_h, grad_c = torch.zeros_like(outputs[0]), torch.zeros_like(outputs[0])
        # What does not depend on a later step is computed for all steps at once.
        i, f, g, o = gates.chunk(4, dim=2)
        slope_o = squashed * o * (1 - o)
        through = o * (1 - squashed * squashed)
        slope_i, slope_f, slope_g = g * i * (1 - i), cells[:-1] * f * (1 - f), i * (1 - g * g)
        for t in reversed(range(len(gates))):
            di, df, dg, do = grad_z[t].chunk(4, dim=1)
            grad_h += grad_outputs[t]
            grad_c = torch.addcmul(grad_c + grad_cells[t], grad_h, through[t])
            torch.mul(grad_h, slope_o[t], out=do)
            torch.mul(grad_c, slope_i[t], out=di)
            torch.mul(grad_c, slope_f[t], out=df)
            torch.mul(grad_c, slope_g[t], out=dg)
            grad_c = grad_c * f[t]
            grad_h = grad_z[t] @ recurrent
        return grad_z, _matrix_gradient(grad_z, outputs), grad_h, grad_c


class _GruSteps(torch.autograd.Function):
    """All steps of one layer and direction; z is [time, batch, 3 hidden], the input's share of the gates r, z, n."""

    @staticmethod
    def forward(ctx, z, recurrent, bias, first_h):
        steps, batch, _ = z.shape
        size = first_h.shape[1]
        gates, recalled = torch.empty_like(z), z.new_empty(steps, batch, size)
        outputs = z.new_empty(steps + 1, batch, size)
        outputs[0] = first_h
        back = recurrent.t()
        for t in range(steps):
            own = torch.addmm(bias, outputs[t], back)
            recalled[t] = own[:, 2 * size:]
            both = torch.add(z[t, :, :2 * size], own[:, :2 * size], out=gates[t, :, :2 * size]).sigmoid_()
            candidate = torch.addcmul(z[t, :, 2 * size:], both[:, :size], recalled[t], out=gates[t, :, 2 * size:]).tanh_()
            torch.lerp(candidate, outputs[t], both[:, size:], out=outputs[t + 1])
        ctx.save_for_backward(gates, recalled, outputs, recurrent)
        return outputs[1:].clone()

    @staticmethod
    def backward(ctx, grad_outputs):
        gates, recalled, outputs, recurrent = ctx.saved_tensors
        size = outputs.shape[2]
        r, update, candidate = gates.chunk(3, dim=2)
        slope_update = (outputs[:-1] - candidate) * update * (1 - update)
        slope_candidate = (1 - update) * (1 - candidate * candidate)
        slope_r = recalled * r * (1 - r)
        # The candidate's recurrent share passes the reset gate, the input's does not: two gradients.
        grad_z, grad_own = torch.empty_like(gates), torch.empty_like(gates)
        grad_h = torch.zeros_like(outputs[0])
        for t in reversed(range(len(gates))):
            grad_h += grad_outputs[t]
            dr, du, dn = grad_z[t].chunk(3, dim=1)
            torch.mul(grad_h, slope_candidate[t], out=dn)
            torch.mul(grad_h, slope_update[t], out=du)
            torch.mul(dn, slope_r[t], out=dr)
            grad_own[t, :, :2 * size] = grad_z[t, :, :2 * size]
            torch.mul(dn, r[t], out=grad_own[t, :, 2 * size:])
            grad_h = torch.addmm(grad_h * update[t], grad_own[t], recurrent)
        return grad_z, _matrix_gradient(grad_own, outputs), grad_own.sum((0, 1)), grad_h


class _RnnSteps(torch.autograd.Function):
    """All steps of one layer and direction; z is [time, batch, hidden]."""

    @staticmethod
    def forward(ctx, z, recurrent, first_h):
        outputs = z.new_empty(len(z) + 1, *z.shape[1:])
        outputs[0] = first_h
        back = recurrent.t()
        for t in range(len(z)):
            torch.addmm(z[t], outputs[t], back, out=outputs[t + 1]).tanh_()
        ctx.save_for_backward(outputs, recurrent)
        return outputs[1:].clone()

    @staticmethod
    def backward(ctx, grad_outputs):
        outputs, recurrent = ctx.saved_tensors
        grad_z, grad_h = torch.empty_like(grad_outputs), torch.zeros_like(outputs[0])
        slope = 1 - outputs[1:] * outputs[1:]
        for t in reversed(range(len(grad_z))):
            torch.mul(grad_h + grad_outputs[t], slope[t], out=grad_z[t])
            grad_h = grad_z[t] @ recurrent
        return grad_z, _matrix_gradient(grad_z, outputs), grad_h


def _matrix_gradient(grad_z, outputs):
    return grad_z.flatten(0, 1).t() @ outputs[:-1].flatten(0, 1)


def recurrence(layer, inputs, lengths=None, first=None):
    """What `layer` (batch first) answers for padded rows: (outputs [batch, time, directions x hidden], last states as the layer gives them).

    `lengths` [batch]: the tokens of each row, all of them by default. `first`: the states to begin
    with, as the layer takes them. Outputs past a row's length are undefined.
    """
    if not torch.is_grad_enabled() or inputs.is_cuda:
        return layer(inputs, first) if lengths is None else _packed(layer, inputs, lengths, first)
    if lengths is None:
        lengths = torch.full((len(inputs),), inputs.shape[1])
    values, steps, hs, cs = inputs.transpose(0, 1), torch.arange(len(inputs)), [], []
    back = reversed_inside(lengths, inputs.shape[1]).unsqueeze(2)
    lstm, directions = isinstance(layer, nn.LSTM), 2 if layer.bidirectional else 1
    for index in range(layer.num_layers):
        if index > 0 and layer.dropout > 0:
            values = nn.functional.dropout(values, layer.dropout, layer.training)
        parts = []
        for direction in range(directions):
            place = index * directions + direction
            begin = _first_states(layer, first, place, inputs)
            read = values.gather(0, back.expand_as(values)) if direction else values
            outputs, cells = _layer_steps(layer, f"l{index}" + ("_reverse" if direction else ""), read, begin)
            hs.append(outputs[lengths - 1, steps])
            if lstm:
                cs.append(cells[lengths - 1, steps])
            parts.append(outputs.gather(0, back.expand_as(outputs)) if direction else outputs)
        values = torch.cat(parts, dim=2) if len(parts) > 1 else parts[0]
    last = (torch.stack(hs), torch.stack(cs)) if lstm else torch.stack(hs)
    return values.transpose(0, 1), last


def _packed(layer, inputs, lengths, first):
    packed = nn.utils.rnn.pack_padded_sequence(inputs, lengths.cpu(), batch_first=True, enforce_sorted=False)
    every, last = layer(packed, first)
    return nn.utils.rnn.pad_packed_sequence(every, batch_first=True, total_length=inputs.shape[1])[0], last


def _first_states(layer, first, place, inputs):
    if first is None:
        zeros = inputs.new_zeros(len(inputs), layer.hidden_size)
        return zeros, zeros
    return tuple(state[place] for state in first) if isinstance(first, tuple) else (first[place],)


def _layer_steps(layer, name, values, begin):
    """(outputs, cells or None), [time, batch, hidden] both."""
    weight, recurrent = getattr(layer, f"weight_ih_{name}"), getattr(layer, f"weight_hh_{name}")
    bias, recurrent_bias = getattr(layer, f"bias_ih_{name}"), getattr(layer, f"bias_hh_{name}")
    if isinstance(layer, nn.GRU):
        return _GruSteps.apply(nn.functional.linear(values, weight, bias), recurrent, recurrent_bias, begin[0]), None
    z = nn.functional.linear(values, weight, bias + recurrent_bias)
    if isinstance(layer, nn.LSTM):
        return _LstmSteps.apply(z, recurrent, *begin)
    return _RnnSteps.apply(z, recurrent, begin[0]), None
