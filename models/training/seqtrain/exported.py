"""Reads a classifier back from the graph that was exported from it.

The exporter reorders, transposes and stacks. So a model whose parameters are numbered goes through it, and each number
that arrives tells where the weight at its place in the file came from.
"""
import numpy
import onnx
import torch
from onnx import TensorProto, numpy_helper

from .export import write_classifier
from .graph import Graph


class _Recorder(Graph):
    def __init__(self):
        super().__init__("numbered")
        self.weights = []

    def weight(self, tensor):
        self.weights.append(tensor)
        return self.tensor(numpy.zeros(0, numpy.float32))


def fill_from(model, path):
    """Sets the parameters of `model`, whose sizes are right, to those in the graph at `path`; ValueError if they do not fit."""
    stored = [numpy_helper.to_array(tensor) for tensor in onnx.load(str(path)).graph.initializer if tensor.data_type == TensorProto.FLOAT16]
    parameters = list(model.parameters())
    # Zero is what the exporter itself fills up with.
    ends = torch.tensor([1] + [parameter.numel() for parameter in parameters]).cumsum(0).tolist()
    for first, parameter in zip(ends, parameters):
        parameter.data = torch.arange(first, first + parameter.numel(), dtype=torch.float64).reshape(parameter.shape)
    recorder = _Recorder()
    write_classifier(recorder, model)
    if [tuple(tensor.shape) for tensor in recorder.weights] != [array.shape for array in stored]:
        raise ValueError(f"{path} holds other weights than this model has.")
    values = torch.zeros(ends[-1])
    for places, array in zip(recorder.weights, stored):
        values[places.long()] = torch.from_numpy(array.astype(numpy.float32))
    for first, parameter in zip(ends, parameters):
        parameter.data = values[first:first + parameter.numel()].reshape(parameter.shape).clone()
    return model.eval()
