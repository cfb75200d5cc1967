"""The layers that more than one kind of graph is made of, as ONNX nodes over a PyTorch layer's weights."""
import math

import torch
from onnx import TensorProto

from .heads import FAR_BELOW

# PyTorch keeps the gates of a GRU as r, z, n and of an LSTM as i, f, g, o; ONNX wants z, r, h and i, o, f, c.
_GATES = {"RNN": (0,), "GRU": (1, 0, 2), "LSTM": (0, 3, 1, 2)}
_ATTRIBUTES = {"RNN": {}, "GRU": {"linear_before_reset": 1}, "LSTM": {}}


def linear(graph, layer, value):
    """x W' + b for any rank; Gemm would need two dimensions."""
    product = graph.op("MatMul", value, graph.weight(layer.weight.t().contiguous()))
    return product if layer.bias is None else graph.op("Add", product, graph.weight(layer.bias))


def layer_norm(graph, norm, value):
    return graph.op("LayerNormalization", value, graph.weight(norm.weight), graph.weight(norm.bias), axis=-1, epsilon=norm.eps)


def embedded(graph, table, ids, scale=1.0):
    words = graph.op("Gather", table, ids, axis=0)
    return words if scale == 1.0 else graph.op("Mul", words, graph.number(scale))


def extent(graph, value, axis):
    """The length of one axis, as a scalar."""
    return graph.op("Gather", graph.op("Shape", value), graph.integer(axis), axis=0)


def steps(graph, count):
    """0 .. count-1."""
    return graph.op("Range", graph.integer(0), count, graph.integer(1))


def unsqueezed(graph, value, *axes):
    return graph.op("Unsqueeze", value, graph.integers(*axes))


def squeezed(graph, value, axis):
    return graph.op("Squeeze", value, graph.integers(axis))


def far_below_unless(graph, seen):
    """What is added to scores so that only what `seen` marks counts."""
    return graph.op("Where", seen, graph.number(0.0), graph.number(FAR_BELOW))


def within(graph, lengths, count):
    """[batch, count], true on a row's own steps."""
    return graph.op("Less", unsqueezed(graph, steps(graph, count), 0), unsqueezed(graph, lengths, 1))


def length_bias(graph, lengths, count):
    """[batch, 1, 1, count] for attention scores: nothing beyond a row's own length is seen."""
    return unsqueezed(graph, far_below_unless(graph, within(graph, lengths, count)), 1, 2)


def causal_bias(graph, past_lengths, past, count):
    """[batch, 1, count, past + count]: of the cache what lies below `past_lengths`, of the new steps none that comes later."""
    keys = unsqueezed(graph, steps(graph, graph.op("Add", past, count)), 0, 1, 2)
    cached = graph.op("Less", keys, unsqueezed(graph, past_lengths, 1, 2, 3))
    new = graph.op("Sub", keys, past)
    earlier = graph.op("LessOrEqual", new, unsqueezed(graph, steps(graph, count), 0, 1, 3))
    among_new = graph.op("And", graph.op("GreaterOrEqual", new, graph.integer(0)), earlier)
    return far_below_unless(graph, graph.op("Or", cached, among_new))


def split_heads(graph, value, width, heads):
    """[batch, time, width] as [batch, heads, time, width / heads]."""
    shaped = graph.op("Reshape", value, graph.integers(0, 0, heads, width // heads))
    return graph.op("Transpose", shaped, perm=[0, 2, 1, 3])


def attend(graph, queries, keys, values, bias, width, heads):
    """(mixed values [batch, time, width], weights [batch, heads, time, keys])."""
    scores = graph.op("MatMul", queries, graph.op("Transpose", keys, perm=[0, 1, 3, 2]))
    scores = graph.op("Mul", scores, graph.number(1 / math.sqrt(width // heads)))
    weights = graph.op("Softmax", graph.op("Add", scores, bias), axis=3)
    mixed = graph.op("Transpose", graph.op("MatMul", weights, values), perm=[0, 2, 1, 3])
    return graph.op("Reshape", mixed, graph.integers(0, 0, width)), weights


def self_attention(graph, attention, states, bias, past=None):
    """(states, (new keys, new values)); `past` names the keys and values that stand before the new ones."""
    width, heads = attention.out.in_features, attention.heads
    mixed = graph.op("Split", linear(graph, attention.mix, states), graph.integers(width, width, width), axis=2, outputs=3)
    queries, keys, values = (split_heads(graph, part, width, heads) for part in mixed)
    new = keys, values
    if past is not None:
        keys, values = (graph.op("Concat", *both, axis=2) for both in zip(past, new))
    return linear(graph, attention.out, attend(graph, queries, keys, values, bias, width, heads)[0]), new


def feed_forward(graph, feed, states):
    return linear(graph, feed.feed_out, graph.op("Relu", linear(graph, feed.feed_in, states)))


def recurrent_weights(graph, kind, net, suffixes):
    """[W, R, B] of an RNN, GRU or LSTM node: one direction for each suffix of the layer's parameter names."""

    def stacked(name):
        return torch.stack([_onnx_order(kind, getattr(net, name + suffix)) for suffix in suffixes])

    biases = torch.cat([stacked("bias_ih"), stacked("bias_hh")], dim=1)
    return [graph.weight(tensor) for tensor in (stacked("weight_ih"), stacked("weight_hh"), biases)]


def recurrence(graph, net, states, suffixes=("_l0",), lengths="", begin=()):
    """(all states [time, direction, batch, hidden], last states [direction, batch, hidden], and an LSTM's cells).

    `states` is time-major; with lengths the last states are those of each row's last valid step.
    """
    kind = _kind(net)
    direction = "bidirectional" if len(suffixes) == 2 else "forward"
    inputs = [states, *recurrent_weights(graph, kind, net, suffixes), lengths, *begin]
    while not inputs[-1]:
        inputs.pop()
    return graph.op(kind, *inputs, outputs=3 if kind == "LSTM" else 2, direction=direction, hidden_size=net.hidden_size, **_ATTRIBUTES[kind])


def stacked_recurrence(graph, net, states, lengths="", begin=()):
    """(states of the top layer [time, batch, hidden], last states [batch, layers, hidden], and an LSTM's cells).

    `begin` names what the layers start from, shaped as the last states are.
    """
    last = []
    for layer in range(net.num_layers):
        first = [unsqueezed(graph, graph.op("Gather", tensor, graph.integer(layer), axis=1), 0) for tensor in begin]
        every, *ends = recurrence(graph, net, states, (f"_l{layer}",), lengths, first)
        states = squeezed(graph, every, 1)
        last.append(ends)
    stacked = (graph.op("Transpose", graph.op("Concat", *ends, axis=0), perm=[1, 0, 2]) for ends in zip(*last))
    return (states, *stacked)


def lengths_32(graph, lengths):
    """What sequence_lens takes."""
    return graph.op("Cast", lengths, to=TensorProto.INT32)


def tied_logits(graph, features, table, bias):
    """Scores of the vocabulary by the embedding's own rows; `features` has two dimensions."""
    return graph.op("Gemm", features, table, bias, transB=1)


def _kind(net):
    return next(kind for kind in ("LSTM", "GRU", "RNN") if type(net).__name__.startswith(kind))


def _onnx_order(kind, tensor):
    gates = tensor.chunk(len(_GATES[kind]))
    return torch.cat([gates[index] for index in _GATES[kind]])
