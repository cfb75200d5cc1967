"""Encoder and decoder graphs of the Transformer. The decoder returns only the new keys and values; the caller keeps the cache."""
from onnx import TensorProto

from .. import nodes


def transformer_encoder(graph, model):
    count = nodes.extent(graph, "src", 1)
    states = _placed(graph, model, graph.table(model.embed.weight), "src", nodes.steps(graph, count))
    bias = nodes.length_bias(graph, "src_len", count)
    for block in model.encoder:
        states = _residual(graph, states, nodes.self_attention(graph, block.self_attention, nodes.layer_norm(graph, block.norm_self, states), bias)[0])
        states = _residual(graph, states, nodes.feed_forward(graph, block.feed, nodes.layer_norm(graph, block.norm_feed, states)))
    states = nodes.layer_norm(graph, model.norm_encoder, states)
    for index, block in enumerate(model.decoder):
        attention = block.cross_attention
        width, heads = attention.out.in_features, attention.heads
        both = graph.op("Split", nodes.linear(graph, attention.memory, states), graph.integers(width, width), axis=2, outputs=2)
        for name, part in zip(("cross_k", "cross_v"), both):
            graph.output(nodes.split_heads(graph, part, width, heads), f"{name}_{index}", _cached(heads, "source", width))


def transformer_decoder(graph, model):
    attention = model.decoder[0].cross_attention
    width, heads = attention.out.in_features, attention.heads
    graph.input("past_len", TensorProto.INT64, ["batch"])
    past = [_pair(graph, "past", index, heads, "past", width) for index in range(len(model.decoder))]
    cross = [_pair(graph, "cross", index, heads, "source", width) for index in range(len(model.decoder))]
    graph.input("src_len", TensorProto.INT64, ["batch"])
    table = graph.table(model.embed.weight)
    states = _placed(graph, model, table, nodes.unsqueezed(graph, "tokens", 1), nodes.unsqueezed(graph, "past_len", 1))
    bias = nodes.causal_bias(graph, "past_len", nodes.extent(graph, past[0][0], 2), graph.integer(1))
    cross_bias = nodes.length_bias(graph, "src_len", nodes.extent(graph, cross[0][0], 2))
    new, aligned = [], None
    for index, block in enumerate(model.decoder):
        normal = nodes.layer_norm(graph, block.norm_self, states)
        looked, both = nodes.self_attention(graph, block.self_attention, normal, bias, past[index])
        states, _ = _residual(graph, states, looked), new.append(both)
        queries = nodes.split_heads(graph, nodes.linear(graph, block.cross_attention.query, nodes.layer_norm(graph, block.norm_cross, states)), width, heads)
        mixed, weights = nodes.attend(graph, queries, *cross[index], cross_bias, width, heads)
        aligned = weights if index == model.aligned else aligned
        states = _residual(graph, states, nodes.linear(graph, block.cross_attention.out, mixed))
        states = _residual(graph, states, nodes.feed_forward(graph, block.feed, nodes.layer_norm(graph, block.norm_feed, states)))
    features = nodes.squeezed(graph, nodes.layer_norm(graph, model.norm_decoder, states), 1)
    graph.output(nodes.tied_logits(graph, features, table, graph.weight(model.output_bias)), "logits", ["batch", model.embed.num_embeddings])
    for index, both in enumerate(new):
        for name, tensor in zip(("new_k", "new_v"), both):
            graph.output(tensor, f"{name}_{index}", _cached(heads, 1, width))
    mean = graph.op("ReduceMean", aligned, axes=[1, 2], keepdims=0)
    graph.output(mean, "attention", ["batch", "source"])


def _cached(heads, steps, width):
    return ["batch", heads, steps, width // heads]


def _pair(graph, name, index, heads, steps, width):
    return tuple(graph.input(f"{name}_{which}_{index}", TensorProto.FLOAT, _cached(heads, steps, width)) for which in "kv")


def _placed(graph, model, table, ids, places):
    words = nodes.embedded(graph, table, ids, model.scale)
    return graph.op("Add", words, graph.op("Gather", graph.weight(model.positions), places, axis=0))


def _residual(graph, states, change):
    return graph.op("Add", states, change)
