"""A small builder over onnx.helper: names, nodes and weights of one graph."""
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from .precision import byte_table

OPSET, IR_VERSION = 17, 8


class Graph:
    """Collects nodes; every method that makes a value returns its name."""

    def __init__(self, name):
        self._name, self._count = name, 0
        self._nodes, self._weights, self._inputs, self._outputs, self._known = [], [], [], [], {}

    def input(self, name, kind, dims):
        self._inputs.append(helper.make_tensor_value_info(name, kind, dims))
        return name

    def output(self, value, name, dims):
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, dims))

    def op(self, kind, *inputs, outputs=1, **attributes):
        """One node; an empty input name leaves an optional input out."""
        names = [self._fresh(kind) for _ in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, name=names[0], **attributes))
        return names[0] if outputs == 1 else names

    def integers(self, *values):
        return self._initializer(numpy.array(values, dtype=numpy.int64), ("i", values))

    def integer(self, value):
        return self._initializer(numpy.array(value, dtype=numpy.int64), ("s", value))

    def number(self, value):
        return self._initializer(numpy.array(value, dtype=numpy.float32), ("f", value))

    def weight(self, tensor):
        """A trained tensor: stored in half precision, which halves the file; the runtime folds the Cast away when it loads."""
        half = tensor.detach().numpy().astype(numpy.float16)
        return self.op("Cast", self._initializer(half, None), to=TensorProto.FLOAT)

    def tensor(self, array):
        """Numbers that are stored as they are."""
        return self._initializer(array, None)

    def table(self, embedding):
        """An embedding matrix: one byte a number and one step a row, half of what `weight` takes; the runtime folds this away as well."""
        numbers, steps = byte_table(embedding.detach())
        stored = self.tensor(numbers.numpy().astype(numpy.int8))
        return self.op("Mul", self.op("Cast", stored, to=TensorProto.FLOAT), self.weight(steps))

    def save(self, path, producer, shared=None):
        """With `shared`, large weights go there instead of into the file."""
        graph = helper.make_graph(self._nodes, self._name, self._inputs, self._outputs, self._weights)
        domains = {"": OPSET, **{node.domain: 1 for node in self._nodes if node.domain}}
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid(*domain) for domain in domains.items()], producer_name=producer)
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model, full_check=True)
        if shared is not None:
            shared.take_from(model)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(model.SerializeToString(deterministic=True))

    def _initializer(self, array, key):
        if key is not None and key in self._known:
            return self._known[key]
        name = self._fresh("w")
        self._weights.append(numpy_helper.from_array(array, name))
        if key is not None:
            self._known[key] = name
        return name

    def _fresh(self, stem):
        self._count += 1
        return f"{stem}_{self._count}"
