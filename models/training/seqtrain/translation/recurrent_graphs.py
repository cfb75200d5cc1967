"""Encoder and decoder graphs of the three recurrent families, written node by node from the weights.

A decoder step is a recurrence over one step, so that both graphs use the same operators.
"""
from onnx import TensorProto

from .. import nodes


def _time_major(graph, states):
    return graph.op("Transpose", states, perm=[1, 0, 2])


def _words(graph, model, ids):
    """Embedded ids, scaled as in training, and the table for a graph that also needs it elsewhere."""
    table = graph.table(model.embed.weight)
    return nodes.embedded(graph, table, ids, model.scale), table


def _logits(graph, model, features, table):
    graph.output(nodes.tied_logits(graph, features, table, graph.weight(model.output_bias)), "logits", ["batch", model.embed.num_embeddings])


def _maxout(graph, layer, value):
    width = layer.both.out_features // 2
    return graph.op("Max", *graph.op("Split", nodes.linear(graph, layer.both, value), graph.integers(width, width), axis=-1, outputs=2))


def _input(graph, name, *dims):
    return graph.input(name, TensorProto.FLOAT, ["batch", *dims])


def cho_encoder(graph, model):
    words = _time_major(graph, _words(graph, model, "src")[0])
    _, last = nodes.recurrence(graph, model.encoder, words, lengths=nodes.lengths_32(graph, "src_len"))
    context = graph.op("Tanh", nodes.linear(graph, model.summary, nodes.squeezed(graph, last, 0)))
    graph.output(graph.op("Tanh", nodes.linear(graph, model.first, context)), "h0", ["batch", model.first.out_features])
    graph.output(context, "context", ["batch", model.summary.out_features])


def cho_decoder(graph, model):
    hidden = model.decoder.hidden_size
    state, context = _input(graph, "h_in", hidden), _input(graph, "context", model.summary.out_features)
    words, table = _words(graph, model, "tokens")
    driven = nodes.unsqueezed(graph, graph.op("Concat", words, context, axis=1), 0)
    _, last = nodes.recurrence(graph, model.decoder, driven, begin=(nodes.unsqueezed(graph, state, 0),))
    last = nodes.squeezed(graph, last, 0)
    _logits(graph, model, _maxout(graph, model.readout, graph.op("Concat", last, words, context, axis=1)), table)
    graph.output(last, "h_out", ["batch", hidden])


def sutskever_encoder(graph, model):
    steps = nodes.steps(graph, nodes.extent(graph, "src", 1))
    back = graph.op("Sub", nodes.unsqueezed(graph, graph.op("Sub", "src_len", graph.integer(1)), 1), steps)
    # Each row's own tokens in reverse; the padding stays where it is.
    places = graph.op("Where", graph.op("GreaterOrEqual", back, graph.integer(0)), back, steps)
    states = _time_major(graph, _words(graph, model, graph.op("GatherElements", "src", places, axis=1))[0])
    _, *last = nodes.stacked_recurrence(graph, model.encoder, states, nodes.lengths_32(graph, "src_len"))
    _stacked_outputs(graph, model.encoder, last, ("h0", "c0"))


def sutskever_decoder(graph, model):
    begin = [_input(graph, name, model.decoder.num_layers, model.decoder.hidden_size) for name in ("h_in", "c_in")]
    words, table = _words(graph, model, "tokens")
    states, *last = nodes.stacked_recurrence(graph, model.decoder, nodes.unsqueezed(graph, words, 0), begin=begin)
    _logits(graph, model, nodes.linear(graph, model.readout, nodes.squeezed(graph, states, 0)), table)
    _stacked_outputs(graph, model.decoder, last, ("h_out", "c_out"))


def _stacked_outputs(graph, net, values, names):
    for value, name in zip(values, names):
        graph.output(value, name, ["batch", net.num_layers, net.hidden_size])


def attention_encoder(graph, model):
    words = _time_major(graph, _words(graph, model, "src")[0])
    both = ("_l0", "_l0_reverse")
    every, last = nodes.recurrence(graph, model.encoder, words, both, nodes.lengths_32(graph, "src_len"))
    # [time, direction, batch, hidden] as [batch, time, 2 hidden].
    memory = graph.op("Reshape", graph.op("Transpose", every, perm=[2, 0, 1, 3]), graph.integers(0, 0, -1))
    backward = graph.op("Gather", last, graph.integer(1), axis=0)
    graph.output(graph.op("Tanh", nodes.linear(graph, model.first, backward)), "h0", ["batch", model.first.out_features])
    graph.output(memory, "memory", ["batch", "source", 2 * model.encoder.hidden_size])
    graph.output(nodes.linear(graph, model.key, memory), "keys", ["batch", "source", model.key.out_features])


def attention_decoder(graph, model):
    hidden = model.cell.hidden_size
    state = _input(graph, "h_in", hidden)
    memory = _input(graph, "memory", "source", 2 * model.encoder.hidden_size)
    keys = _input(graph, "keys", "source", model.key.out_features)
    graph.input("src_len", TensorProto.INT64, ["batch"])
    words, table = _words(graph, model, "tokens")
    query = nodes.unsqueezed(graph, nodes.linear(graph, model.query, state), 1)
    scores = nodes.squeezed(graph, nodes.linear(graph, model.score, graph.op("Tanh", graph.op("Add", keys, query))), 2)
    bias = nodes.far_below_unless(graph, nodes.within(graph, "src_len", nodes.extent(graph, keys, 1)))
    weights = graph.op("Softmax", graph.op("Add", scores, bias), axis=1)
    context = nodes.squeezed(graph, graph.op("MatMul", nodes.unsqueezed(graph, weights, 1), memory), 1)
    driven = nodes.unsqueezed(graph, graph.op("Concat", words, context, axis=1), 0)
    _, last = nodes.recurrence(graph, model.cell, driven, ("",), begin=(nodes.unsqueezed(graph, state, 0),))
    last = nodes.squeezed(graph, last, 0)
    _logits(graph, model, _maxout(graph, model.readout, graph.op("Concat", last, context, words, axis=1)), table)
    graph.output(last, "h_out", ["batch", hidden])
    graph.output(weights, "attention", ["batch", "source"])
