"""Classifiers as ONNX graphs, written node by node from the weights.

torch.onnx is not used: its recurrent exports bake the batch size or sort the batch, and a graph
written by hand is the same under PyTorch 1.13 and 2.x. `sequence_lens` gives the recurrent
operators packing semantics: the backward direction starts at a row's last token.
"""
import torch
from onnx import TensorProto

from . import integer_nodes, nodes
from .classifiers import TransformerClassifier
from .gated import BidirectionalLstm
from .graph import Graph
from .integers import holds_integers


def export_classifier(model, path, name):
    """Writes the graph `ids [batch,time], lengths [batch] -> logits [batch,classes]`."""
    write_classifier(Graph(name), model).save(path, "seqtrain")


def write_classifier(graph, model):
    """The graph, with the model's nodes in it."""
    graph.input("ids", TensorProto.INT64, ["batch", "time"])
    graph.input("lengths", TensorProto.INT64, ["batch"])
    with torch.no_grad():
        write = _transformer if isinstance(model, TransformerClassifier) else _recurrent
        logits = write(graph, model)
    graph.output(logits, "logits", ["batch", model.head.out_features])
    return graph


def _pooled(graph, states):
    """Mean and maximum over a row's own steps, side by side. The mean is a product and the mask of the maximum a sum, for Where takes longer."""
    own = nodes.within(graph, "lengths", nodes.extent(graph, "ids", 1))
    count = nodes.unsqueezed(graph, graph.op("Cast", "lengths", to=TensorProto.FLOAT), 1)
    shares = graph.op("Div", graph.op("Cast", own, to=TensorProto.FLOAT), count)
    mean = nodes.squeezed(graph, graph.op("MatMul", nodes.unsqueezed(graph, shares, 1), states), 1)
    bias = nodes.unsqueezed(graph, nodes.far_below_unless(graph, own), 2)
    top = graph.op("ReduceMax", graph.op("Add", states, bias), axes=[1], keepdims=0)
    return graph.op("Concat", mean, top, axis=1)


def _recurrent(graph, model):
    # Ids are turned over rather than their vectors.
    states = graph.op("Gather", graph.weight(model.embed.weight), graph.op("Transpose", "ids", perm=[1, 0]), axis=0)
    lengths = nodes.lengths_32(graph, "lengths")
    for layer in model.layers:
        node = _gated_node if isinstance(layer, BidirectionalLstm) else _library_node
        both = node(graph, layer, states, lengths)  # [time, direction, batch, hidden]
        # The layer that is pooled gives [batch, time, …], any other what the next one reads.
        order = [2, 0, 1, 3] if layer is model.layers[-1] else [0, 2, 1, 3]
        states = graph.op("Reshape", graph.op("Transpose", both, perm=order), graph.integers(0, 0, -1))
    return nodes.linear(graph, model.head, _pooled(graph, states))


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
    integers = holds_integers(model)
    table = graph.table(model.embed.weight) if integers else graph.weight(model.embed.weight)
    time = nodes.extent(graph, "ids", 1)
    states = graph.op("Add", nodes.embedded(graph, table, "ids"),
                      graph.op("Gather", graph.weight(model.positions), nodes.steps(graph, time), axis=0))
    states = (integer_nodes.encoder if integers else _encoder)(graph, model, states)
    return nodes.linear(graph, model.head, _pooled(graph, states))


def _encoder(graph, model, states):
    bias = nodes.length_bias(graph, "lengths", nodes.extent(graph, "ids", 1))
    for layer in model.layers:
        normal = nodes.layer_norm(graph, layer.norm_attention, states)
        states = graph.op("Add", states, nodes.self_attention(graph, layer.attention, normal, bias)[0])
        states = graph.op("Add", states, nodes.feed_forward(graph, layer, nodes.layer_norm(graph, layer.norm_feed, states)))
    return nodes.layer_norm(graph, model.norm, states)
