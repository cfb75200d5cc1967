"""Writes encoder.onnx and decoder.onnx of a translator, and the weights of both."""
import torch
from onnx import TensorProto

from ..graph import Graph
from ..shared_weights import SharedWeights
from . import recurrent_graphs, transformer_graphs

_WRITERS = {
    "cho": (recurrent_graphs.cho_encoder, recurrent_graphs.cho_decoder),
    "sutskever": (recurrent_graphs.sutskever_encoder, recurrent_graphs.sutskever_decoder),
    "attention": (recurrent_graphs.attention_encoder, recurrent_graphs.attention_decoder),
    "transformer": (transformer_graphs.transformer_encoder, transformer_graphs.transformer_decoder),
}


def export_translator(model, family, folder, name):
    """The graphs `src [batch,source], src_len [batch] -> ...` and `tokens [batch], ... -> logits [batch,vocabulary], ...`."""
    write_encoder, write_decoder = _WRITERS[family]
    encoder = Graph(f"{name}-encoder")
    encoder.input("src", TensorProto.INT64, ["batch", "source"])
    encoder.input("src_len", TensorProto.INT64, ["batch"])
    decoder = Graph(f"{name}-decoder")
    decoder.input("tokens", TensorProto.INT64, ["batch"])
    with torch.no_grad():
        write_encoder(encoder, model)
        write_decoder(decoder, model)
    weights = SharedWeights()
    encoder.save(folder / "encoder.onnx", "seqtrain", weights)
    decoder.save(folder / "decoder.onnx", "seqtrain", weights)
    weights.write(folder)
