"""Classifiers as ONNX graphs, written node by node from the weights.

torch.onnx is not used: its recurrent exports bake the batch size or sort the batch, and a graph
written by hand is the same under PyTorch 1.13 and 2.x. `sequence_lens` gives the recurrent
operators packing semantics: the backward direction starts at a row's last token.
"""
import torch
from onnx import TensorProto

from . import nodes
from .classifiers import TransformerClassifier
from .gated import BidirectionalLstm
from .graph import Graph


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


def _mask(graph):
    """[batch, time, 1], true on a row's own tokens."""
    return nodes.unsqueezed(graph, nodes.within(graph, "lengths", nodes.extent(graph, "ids", 1)), 2)


def _pooled(graph, states, mask):
    kept = graph.op("Where", mask, states, graph.number(0.0))
    count = graph.op("Unsqueeze", graph.op("Cast", "lengths", to=TensorProto.FLOAT), graph.integers(1))
    mean = graph.op("Div", graph.op("ReduceSum", kept, graph.integers(1), keepdims=0), count)
    top = graph.op("ReduceMax", graph.op("Where", mask, states, graph.number(nodes.FAR_BELOW)), axes=[1], keepdims=0)
    return graph.op("Concat", mean, top, axis=1)


def _recurrent(graph, model):
    embedded = graph.op("Gather", graph.weight(model.embed.weight), "ids", axis=0)
    states = graph.op("Transpose", embedded, perm=[1, 0, 2])
    lengths = graph.op("Cast", "lengths", to=TensorProto.INT32)
    for layer in model.layers:
        node = _gated_node if isinstance(layer, BidirectionalLstm) else _library_node
        both = node(graph, layer, states, lengths)  # [time, direction, batch, hidden]
        states = graph.op("Reshape", graph.op("Transpose", both, perm=[0, 2, 1, 3]), graph.integers(0, 0, -1))
    states = graph.op("Transpose", states, perm=[1, 0, 2])
    return nodes.linear(graph, model.head, _pooled(graph, states, _mask(graph)))


def _gated_node(graph, layer, states, lengths):
    inputs = [states, graph.weight(layer.weight), graph.weight(layer.recurrent),
              graph.weight(torch.cat([layer.bias, torch.zeros_like(layer.bias)], dim=1)), lengths]
    if layer.peepholes is not None:
        inputs += ["", "", graph.weight(layer.peepholes)]
    attributes = {"input_forget": 1} if layer.coupled else {}
    return graph.op("LSTM", *inputs, direction="bidirectional", hidden_size=layer.hidden, **attributes)


def _library_node(graph, layer, states, lengths):
    return nodes.recurrence(graph, layer.net, states, ("_l0", "_l0_reverse"), lengths)[0]


def _transformer(graph, model):
    time = nodes.extent(graph, "ids", 1)
    bias = nodes.length_bias(graph, "lengths", time)
    states = graph.op("Add", nodes.embedded(graph, graph.weight(model.embed.weight), "ids"),
                      graph.op("Gather", graph.weight(model.positions), nodes.steps(graph, time), axis=0))
    for layer in model.layers:
        normal = nodes.layer_norm(graph, layer.norm_attention, states)
        states = graph.op("Add", states, nodes.self_attention(graph, layer.attention, normal, bias)[0])
        states = graph.op("Add", states, nodes.feed_forward(graph, layer, nodes.layer_norm(graph, layer.norm_feed, states)))
    return nodes.linear(graph, model.head, _pooled(graph, nodes.layer_norm(graph, model.norm, states), _mask(graph)))
