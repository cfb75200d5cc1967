"""Classifiers as ONNX graphs, written node by node from the weights.

torch.onnx is not used: its recurrent exports bake the batch size or sort the batch, and a graph
written by hand is the same under PyTorch 1.13 and 2.x. `sequence_lens` gives the recurrent
operators packing semantics: the backward direction starts at a row's last token.
"""
import math

import torch
from onnx import TensorProto

from .classifiers import TransformerClassifier
from .gated import BidirectionalLstm
from .graph import Graph

_FAR_BELOW = -1e9


def export_classifier(model, path, name):
    """Writes the graph `ids [batch,time], lengths [batch] -> logits [batch,classes]`."""
    graph = Graph(name)
    graph.input("ids", TensorProto.INT64, ["batch", "time"])
    graph.input("lengths", TensorProto.INT64, ["batch"])
    with torch.no_grad():
        write = _transformer if isinstance(model, TransformerClassifier) else _recurrent
        logits = write(graph, model)
    graph.output(logits, "logits", ["batch", model.head.out_features])
    graph.save(path, "seqtrain")


def _steps(graph):
    """0 .. time-1."""
    time = graph.op("Gather", graph.op("Shape", "ids"), graph.integer(1), axis=0)
    return graph.op("Range", graph.integer(0), time, graph.integer(1))


def _mask(graph, steps):
    """[batch, time, 1], true on a row's own tokens."""
    inside = graph.op("Less", graph.op("Unsqueeze", steps, graph.integers(0)), graph.op("Unsqueeze", "lengths", graph.integers(1)))
    return graph.op("Unsqueeze", inside, graph.integers(2))


def _pooled(graph, states, mask):
    kept = graph.op("Where", mask, states, graph.number(0.0))
    count = graph.op("Unsqueeze", graph.op("Cast", "lengths", to=TensorProto.FLOAT), graph.integers(1))
    mean = graph.op("Div", graph.op("ReduceSum", kept, graph.integers(1), keepdims=0), count)
    top = graph.op("ReduceMax", graph.op("Where", mask, states, graph.number(_FAR_BELOW)), axes=[1], keepdims=0)
    return graph.op("Concat", mean, top, axis=1)


def _linear(graph, layer, value):
    """x W' + b for any rank; Gemm would need two dimensions."""
    return graph.op("Add", graph.op("MatMul", value, graph.weight(layer.weight.t().contiguous())), graph.weight(layer.bias))


def _recurrent(graph, model):
    embedded = graph.op("Gather", graph.weight(model.embed.weight), "ids", axis=0)
    states = graph.op("Transpose", embedded, perm=[1, 0, 2])
    lengths = graph.op("Cast", "lengths", to=TensorProto.INT32)
    for layer in model.layers:
        node = _gated_node if isinstance(layer, BidirectionalLstm) else _library_node
        both = node(graph, layer, states, lengths)  # [time, direction, batch, hidden]
        states = graph.op("Reshape", graph.op("Transpose", both, perm=[0, 2, 1, 3]), graph.integers(0, 0, -1))
    states = graph.op("Transpose", states, perm=[1, 0, 2])
    return _linear(graph, model.head, _pooled(graph, states, _mask(graph, _steps(graph))))


def _gated_node(graph, layer, states, lengths):
    inputs = [states, graph.weight(layer.weight), graph.weight(layer.recurrent),
              graph.weight(torch.cat([layer.bias, torch.zeros_like(layer.bias)], dim=1)), lengths]
    if layer.peepholes is not None:
        inputs += ["", "", graph.weight(layer.peepholes)]
    attributes = {"input_forget": 1} if layer.coupled else {}
    return graph.op("LSTM", *inputs, direction="bidirectional", hidden_size=layer.hidden, **attributes)


def _library_node(graph, layer, states, lengths):
    net = layer.net
    kind = "GRU" if isinstance(net, torch.nn.GRU) else "RNN"

    def reordered(name):
        # PyTorch keeps a GRU's gates as r, z, n; ONNX wants z, r, h.
        both = []
        for suffix in ("_l0", "_l0_reverse"):
            tensor = getattr(net, name + suffix)
            if kind == "GRU":
                r, z, n = tensor.chunk(3)
                tensor = torch.cat([z, r, n])
            both.append(tensor)
        return torch.stack(both)

    biases = torch.cat([reordered("bias_ih"), reordered("bias_hh")], dim=1)
    weights = [graph.weight(tensor) for tensor in (reordered("weight_ih"), reordered("weight_hh"), biases)]
    attributes = {"linear_before_reset": 1} if kind == "GRU" else {"activations": ["Tanh", "Tanh"]}
    return graph.op(kind, states, *weights, lengths, direction="bidirectional", hidden_size=net.hidden_size, **attributes)


def _transformer(graph, model):
    steps = _steps(graph)
    mask = _mask(graph, steps)
    bias = graph.op("Where", mask, graph.number(0.0), graph.number(_FAR_BELOW))
    bias = graph.op("Unsqueeze", graph.op("Transpose", bias, perm=[0, 2, 1]), graph.integers(1))
    states = graph.op("Add", graph.op("Gather", graph.weight(model.embed.weight), "ids", axis=0),
                      graph.op("Gather", graph.weight(model.positions), steps, axis=0))
    for layer in model.layers:
        normal = _layer_norm(graph, layer.norm_attention, states)
        states = graph.op("Add", states, _attention(graph, layer.attention, normal, bias))
        inner = graph.op("Relu", _linear(graph, layer.feed_in, _layer_norm(graph, layer.norm_feed, states)))
        states = graph.op("Add", states, _linear(graph, layer.feed_out, inner))
    return _linear(graph, model.head, _pooled(graph, _layer_norm(graph, model.norm, states), mask))


def _layer_norm(graph, norm, value):
    return graph.op("LayerNormalization", value, graph.weight(norm.weight), graph.weight(norm.bias), axis=-1, epsilon=norm.eps)


def _attention(graph, attention, states, bias):
    width, heads = attention.out.in_features, attention.heads
    mixed = graph.op("Split", _linear(graph, attention.mix, states), graph.integers(width, width, width), axis=2, outputs=3)
    shape = graph.integers(0, 0, heads, width // heads)
    q, k, v = (graph.op("Reshape", part, shape) for part in mixed)
    q, v = (graph.op("Transpose", part, perm=[0, 2, 1, 3]) for part in (q, v))
    k = graph.op("Transpose", k, perm=[0, 2, 3, 1])
    scores = graph.op("Mul", graph.op("MatMul", q, k), graph.number(1 / math.sqrt(width // heads)))
    weights = graph.op("Softmax", graph.op("Add", scores, bias), axis=3)
    context = graph.op("Transpose", graph.op("MatMul", weights, v), perm=[0, 2, 1, 3])
    return _linear(graph, attention.out, graph.op("Reshape", context, graph.integers(0, 0, width)))
