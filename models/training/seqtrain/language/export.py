"""Writes model.onnx (prompt and step in one graph) and score.onnx of a language model, and the weights of both."""
import torch
from onnx import TensorProto

from .. import nodes
from ..graph import Graph
from ..shared_weights import SharedWeights
from .transformer import TransformerLanguageModel


def export_language_model(model, folder, name):
    """`tokens [batch,time], lengths [batch], state -> logits [batch,vocabulary], new state`, and `-> log_probs [batch,time-1]`."""
    weights = SharedWeights()
    transformer = isinstance(model, TransformerLanguageModel)
    for write, file in ((_model, "model"), (_score, "score")):
        graph = Graph(f"{name}-{file}")
        graph.input("tokens", TensorProto.INT64, ["batch", "time"])
        graph.input("lengths", TensorProto.INT64, ["batch"])
        with torch.no_grad():
            write(graph, model, _transformer if transformer else _recurrent)
        graph.save(folder / f"{file}.onnx", "seqtrain", weights)
    weights.write(folder)


def _model(graph, model, layers):
    table = graph.table(model.embed.weight)
    features, outputs = layers(graph, model, table, with_state=True)
    # GatherND takes one position of each row.
    places = nodes.unsqueezed(graph, graph.op("Sub", "lengths", graph.integer(1)), 1)
    last = graph.op("GatherND", features, places, batch_dims=1)
    graph.output(nodes.tied_logits(graph, last, table, graph.weight(model.output_bias)), "logits", ["batch", model.embed.num_embeddings])
    for value, name, dims in outputs:
        graph.output(value, name, dims)


def _score(graph, model, layers):
    """What lies behind a row's own length is 0."""
    table = graph.table(model.embed.weight)
    features, _ = layers(graph, model, table, with_state=False)
    count = graph.op("Sub", nodes.extent(graph, "tokens", 1), graph.integer(1))
    end = nodes.unsqueezed(graph, count, 0)
    shown = graph.op("Slice", features, graph.integers(0), end, graph.integers(1))
    flat = graph.op("Reshape", shown, graph.integers(-1, model.embed.embedding_dim))
    scores = graph.op("LogSoftmax", nodes.tied_logits(graph, flat, table, graph.weight(model.output_bias)), axis=1)
    most = graph.integers(2 ** 31)
    wanted = graph.op("Slice", "tokens", graph.integers(1), most, graph.integers(1))
    picked = graph.op("GatherElements", scores, graph.op("Reshape", wanted, graph.integers(-1, 1)), axis=1)
    shaped = graph.op("Reshape", picked, graph.op("Shape", wanted))
    own = nodes.within(graph, graph.op("Sub", "lengths", graph.integer(1)), count)
    graph.output(graph.op("Where", own, shaped, graph.number(0.0)), "log_probs", ["batch", "next"])


def _recurrent(graph, model, table, with_state):
    dims = ["batch", model.net.num_layers, model.net.hidden_size]
    begin = [graph.input(f"{name}_in", TensorProto.FLOAT, dims) for name in model.states] if with_state else []
    words = graph.op("Transpose", nodes.embedded(graph, table, "tokens", model.scale), perm=[1, 0, 2])
    every, *last = nodes.stacked_recurrence(graph, model.net, words, nodes.lengths_32(graph, "lengths"), begin)
    features = nodes.linear(graph, model.readout, graph.op("Transpose", every, perm=[1, 0, 2]))
    return features, [(value, f"{name}_out", dims) for value, name in zip(last, model.states)]


def _transformer(graph, model, table, with_state):
    heads = model.blocks[0].self_attention.heads
    size = model.embed.embedding_dim // heads
    count, outputs = nodes.extent(graph, "tokens", 1), []
    places, past = nodes.steps(graph, count), [None] * len(model.blocks)
    if with_state:
        graph.input("past_len", TensorProto.INT64, ["batch"])
        past = [tuple(graph.input(f"past_{which}_{index}", TensorProto.FLOAT, ["batch", heads, "past", size]) for which in "kv")
                for index in range(len(model.blocks))]
        bias = nodes.causal_bias(graph, "past_len", nodes.extent(graph, past[0][0], 2), count)
        # Padding may lie beyond the last position; what it reads there is never used.
        places = graph.op("Min", graph.op("Add", nodes.unsqueezed(graph, "past_len", 1), places), graph.integer(len(model.positions) - 1))
    else:
        nothing = graph.op("Mul", "lengths", graph.integer(0))
        bias = nodes.causal_bias(graph, nothing, graph.integer(0), count)
    states = graph.op("Add", nodes.embedded(graph, table, "tokens", model.scale), graph.op("Gather", graph.weight(model.positions), places, axis=0))
    for index, block in enumerate(model.blocks):
        looked, new = nodes.self_attention(graph, block.self_attention, nodes.layer_norm(graph, block.norm_self, states), bias, past[index])
        states = graph.op("Add", states, looked)
        states = graph.op("Add", states, nodes.feed_forward(graph, block.feed, nodes.layer_norm(graph, block.norm_feed, states)))
        outputs += [(value, f"new_{which}_{index}", ["batch", heads, "time", size]) for value, which in zip(new, "kv")]
    return nodes.layer_norm(graph, model.norm, states), outputs
