"""One file of weights for several graphs.

An encoder and a decoder have the embedding in common, the two graphs of a language model
everything: kept in each, the files would be half as large again, or twice.
"""
from onnx import TensorProto

FILE = "weights.bin"
# Smaller tensors stay in the graph: they are shapes and constants that a reader wants to see there.
_LEAST_BYTES = 1024


class SharedWeights:
    """Collects tensors, equal ones once, in ONNX's external data format."""

    def __init__(self):
        self._data, self._offsets = bytearray(), {}

    def take_from(self, model):
        """Moves the large initializers of a model out of it."""
        for tensor in model.graph.initializer:
            content = tensor.raw_data
            if len(content) >= _LEAST_BYTES:
                tensor.ClearField("raw_data")
                tensor.data_location = TensorProto.EXTERNAL
                for key, value in (("location", FILE), ("offset", self._offset(content)), ("length", len(content))):
                    tensor.external_data.add(key=key, value=str(value))

    def write(self, folder):
        (folder / FILE).write_bytes(self._data)

    def _offset(self, content):
        if content not in self._offsets:
            # Whole pages, so that a runtime may map the file instead of reading it.
            self._data.extend(bytes(-len(self._data) % 4096))
            self._offsets[content] = len(self._data)
            self._data.extend(content)
        return self._offsets[content]
