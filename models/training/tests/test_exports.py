"""The written graphs have the contract's inputs and outputs, and the manifest's wiring names them."""
import tempfile
import unittest
from pathlib import Path

import onnx
import torch

from language_model_shelf import wiring as language_wiring
from seqtrain.language.architectures import ARCHITECTURES, build_language_model
from seqtrain.language.export import export_language_model
from seqtrain.precision import round_as_stored
from seqtrain.translation.export import export_translator
from seqtrain.translation.families import FAMILIES, build_translator
from seqtrain.translation.wiring import wiring

_CACHE_IN, _CACHE_OUT = {"past_k_0", "past_v_0"}, {"new_k_0", "new_v_0"}
_CROSS = {"cross_k_0", "cross_v_0"}
# Encoder outputs; decoder inputs beside the tokens; decoder outputs beside the logits.
_CONTRACT = {
    "cho": ({"h0", "context"}, {"h_in", "context"}, {"h_out"}),
    "sutskever": ({"h0", "c0"}, {"h_in", "c_in"}, {"h_out", "c_out"}),
    "attention": ({"h0", "memory", "keys"}, {"h_in", "memory", "keys", "src_len"}, {"h_out", "attention"}),
    "transformer": (_CROSS, {"past_len", "src_len"} | _CACHE_IN | _CROSS, {"attention"} | _CACHE_OUT),
}
_LANGUAGE_CONTRACT = {
    "rnn": ({"h_in"}, {"h_out"}), "gru": ({"h_in"}, {"h_out"}), "lstm": ({"h_in", "c_in"}, {"h_out", "c_out"}),
    "transformer": ({"past_len"} | _CACHE_IN, _CACHE_OUT),
}


def _names(path):
    graph = onnx.load(str(path), load_external_data=False).graph
    return {value.name for value in graph.input}, {value.name for value in graph.output}


def _sizes(kind):
    if kind == "transformer":
        return {"embedding": 8, "layers": 1, "heads": 2, "inner": 8}
    return {"embedding": 8, "hidden": 8}


class ExportTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        torch.manual_seed(1)

    def test_translators(self):
        for family in FAMILIES:
            model = build_translator(family, 20, **_sizes(family))
            export_translator(model, family, self.folder / family, family)
            encoded, taken, given = _CONTRACT[family]
            self.assertEqual(_names(self.folder / family / "encoder.onnx"), ({"src", "src_len"}, encoded), family)
            self.assertEqual(_names(self.folder / family / "decoder.onnx"), ({"tokens"} | taken, {"logits"} | given), family)
            self._check_wiring(wiring(model, family), encoded, taken, given)

    def test_language_models(self):
        for architecture in ARCHITECTURES:
            model = build_language_model(architecture, 20, **_sizes(architecture))
            export_language_model(model, self.folder / architecture, architecture)
            taken, given = _LANGUAGE_CONTRACT[architecture]
            self.assertEqual(_names(self.folder / architecture / "model.onnx"), ({"tokens", "lengths"} | taken, {"logits"} | given), architecture)
            self.assertEqual(_names(self.folder / architecture / "score.onnx"), ({"tokens", "lengths"}, {"log_probs"}), architecture)
            self._check_wiring(language_wiring(model), set(), taken, given)

    def test_weights_stand_in_one_file_once(self):
        model = build_language_model("gru", 300, embedding=16, hidden=16)
        export_language_model(model, self.folder / "gru", "gru")
        weights = sum(parameter.numel() for parameter in model.parameters() if parameter.numel() >= 512)
        expected = 2 * weights - model.embed.weight.numel()
        size = (self.folder / "gru" / "weights.bin").stat().st_size
        self.assertGreaterEqual(size, expected)
        self.assertLess(size, expected + 10 * 4096)

    def test_the_embedding_in_the_file_is_the_rounded_one(self):
        model = round_as_stored(build_language_model("gru", 300, embedding=16, hidden=16))
        export_language_model(model, self.folder / "gru", "gru")
        loaded = [onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(str(self.folder / "gru" / "score.onnx")).graph.initializer]
        numbers = next(array for array in loaded if array.shape == (300, 16))
        steps = next(array for array in loaded if array.shape == (300, 1))
        self.assertEqual((numbers.dtype, steps.dtype), ("int8", "float16"))
        self.assertEqual((numbers.astype("float32") * steps.astype("float32")).tolist(), model.embed.weight.tolist())

    def _check_wiring(self, entries, encoded, taken, given):
        """Every input is wired but what the server makes itself, and only to what there is."""
        wired = set(entries.get("memory", []))
        self.assertLessEqual(wired, encoded)
        for pair in entries.get("state", []):
            self.assertIn(pair["out"], given)
            self.assertTrue(pair["init"] == "zeros" or pair["init"].split(":")[1] in encoded)
            wired.add(pair["in"])
        for pair in entries.get("cache", []):
            self.assertLessEqual({pair["key_out"], pair["value_out"]}, given)
            wired |= {pair["key_in"], pair["value_in"]}
        self.assertEqual(wired | (taken & {"past_len", "src_len"}), taken)
        self.assertEqual("attention" in given, entries.get("attention") == "attention")


if __name__ == "__main__":
    unittest.main()
