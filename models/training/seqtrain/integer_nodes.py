"""The encoder of a Transformer with IntegerLinear layers, as nodes of ONNX Runtime's own set."""
import numpy

from . import nodes

_DOMAIN = "com.microsoft"


def encoder(graph, model, states):
    """[batch, time, width] to the same, normalized. One node holds a layer's whole attention, its mask made from the lengths."""
    lengths = nodes.lengths_32(graph, "lengths")
    for layer in model.layers:
        mixed = _attention(graph, layer.attention, nodes.layer_norm(graph, layer.norm_attention, states), lengths)
        states = graph.op("Add", states, _linear(graph, layer.attention.out, mixed))
        # No Relu: what is below zero becomes the byte of zero.
        inner = _linear(graph, layer.feed_in, nodes.layer_norm(graph, layer.norm_feed, states))
        states = graph.op("Add", states, _linear(graph, layer.feed_out, inner))
    return nodes.layer_norm(graph, model.norm, states)


def _attention(graph, attention, states, lengths):
    layer = attention.mix
    step, zero, numbers, steps, bias = _parameters(graph, layer)
    return graph.op("QAttention", _bytes(graph, states, step, zero), numbers, bias, step, steps, lengths, zero,
                    domain=_DOMAIN, num_heads=attention.heads)


def _linear(graph, layer, values):
    step, zero, numbers, steps, bias = _parameters(graph, layer)
    return graph.op("MatMulIntegerToFloat", _bytes(graph, values, step, zero), numbers, step, steps, zero, "", bias, domain=_DOMAIN)


def _bytes(graph, values, step, zero):
    return graph.op("QuantizeLinear", values, step, zero)


def _parameters(graph, layer):
    numbers = graph.tensor(layer.numbers.t().contiguous().numpy().astype(numpy.int8))
    step, steps, bias = (graph.tensor(part.numpy()) for part in (layer.step, layer.steps, layer.bias))
    return step, graph.tensor(numpy.array(layer.zero, numpy.uint8)), numbers, steps, bias
