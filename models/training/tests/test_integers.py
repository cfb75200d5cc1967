"""The integer form of a Transformer classifier, and reading a classifier back from its graph."""
import tempfile
import unittest
from pathlib import Path

import onnx
import torch
from torch import nn

from seqtrain.batches import pad
from seqtrain.classifiers import RECURRENT, build_classifier
from seqtrain.export import export_classifier
from seqtrain.exported import fill_from
from seqtrain.integers import IntegerLinear, holds_integers, with_integers
from seqtrain.precision import round_to_half

_ROWS = [[5, 9, 4], [7], [6, 6, 8, 11, 5, 19, 4], [12, 18]]
_TRANSFORMER = {"width": 16, "layers": 2, "heads": 2, "inner": 24, "positions": 12}


def _transformer():
    return round_to_half(build_classifier("transformer", 20, 3, **_TRANSFORMER)).eval()


class IntegerLinearTests(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)

    def test_is_near_the_layer_within_the_range(self):
        layer = nn.Linear(64, 32)
        values = torch.rand(50, 64) * 5 - 2
        integers = IntegerLinear(layer, -2.0, 3.0)
        self.assertLess((integers(values) - layer(values)).abs().max().item(), 0.1)
        self.assertLessEqual(integers.numbers.abs().max().item(), 63)

    def test_beyond_the_range_is_its_end(self):
        integers = IntegerLinear(nn.Linear(8, 4), 0.0, 1.0)
        self.assertTrue(torch.equal(integers(torch.full((1, 8), 7.0)), integers(torch.ones(1, 8))))
        self.assertTrue(torch.equal(integers(torch.full((1, 8), -7.0)), integers(torch.zeros(1, 8))))

    def test_sums_are_whole_whatever_their_order(self):
        integers = IntegerLinear(nn.Linear(512, 16), 0.0, 1.0)
        values, order = torch.rand(9, 512), torch.randperm(512)
        expected = integers(values)
        integers.numbers = integers.numbers[:, order]
        self.assertTrue(torch.equal(integers(values[:, order]), expected))


class WithIntegersTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "model.onnx"
        torch.manual_seed(2)

    def test_the_encoders_layers_become_integers_and_the_model_stays(self):
        model = _transformer()
        integers = with_integers(model, _ROWS)
        self.assertFalse(holds_integers(model))
        self.assertEqual(sum(isinstance(part, IntegerLinear) for part in integers.modules()), 4 * _TRANSFORMER["layers"])
        with torch.no_grad():
            self.assertLess((integers(*pad(_ROWS)) - model(*pad(_ROWS))).abs().max().item(), 0.1)

    def test_a_row_has_the_answer_it_has_alone(self):
        integers = with_integers(_transformer(), _ROWS)
        with torch.no_grad():
            together = integers(*pad(_ROWS))
            alone = torch.cat([integers(*pad([row])) for row in _ROWS])
        self.assertLess((together - alone).abs().max().item(), 1e-5)

    def test_the_graph_measures_nothing_itself(self):
        export_classifier(with_integers(_transformer(), _ROWS), self.path, "x")
        kinds = [node.op_type for node in onnx.load(str(self.path)).graph.node]
        self.assertEqual((kinds.count("QAttention"), kinds.count("MatMulIntegerToFloat"), kinds.count("QuantizeLinear")), (2, 6, 8))
        self.assertNotIn("DynamicQuantizeLinear", kinds)


class FillFromTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "model.onnx"
        torch.manual_seed(3)

    def test_gives_the_exported_model(self):
        for architecture in (*RECURRENT, "transformer"):
            sizes = _TRANSFORMER if architecture == "transformer" else {"embedding": 8, "hidden": 6, "layers": 2}
            model = round_to_half(build_classifier(architecture, 20, 3, **sizes)).eval()
            export_classifier(model, self.path, "x")
            read = fill_from(build_classifier(architecture, 20, 3, **sizes), self.path)
            with torch.no_grad():
                self.assertTrue(torch.equal(read(*pad(_ROWS)), model(*pad(_ROWS))), architecture)

    def test_another_models_graph_is_refused(self):
        export_classifier(_transformer(), self.path, "x")
        with self.assertRaises(ValueError):
            fill_from(build_classifier("transformer", 21, 3, **_TRANSFORMER), self.path)


if __name__ == "__main__":
    unittest.main()
