"""The recall task, its plot, and the tables that are written into pages."""
import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

import torch

from seqtrain.markdown import between_markers, table
from seqtrain.plot import line_chart
from seqtrain.recall import ARCHITECTURES, ITEMS, NOISE, build_reader, learn, sequences

_SVG = "{http://www.w3.org/2000/svg}"


class RecallTests(unittest.TestCase):
    def test_only_the_first_symbol_tells_the_answer(self):
        ids, answers = sequences(50, 7, torch.Generator().manual_seed(1))
        self.assertEqual(ids.shape, (50, 9))
        self.assertEqual(ids[:, 0].tolist(), answers.tolist())
        self.assertTrue(((ids[:, 1:-1] >= ITEMS) & (ids[:, 1:-1] < ITEMS + NOISE)).all())
        self.assertEqual(ids[:, -1].unique().tolist(), [ITEMS + NOISE])

    def test_readers_see_the_first_symbol(self):
        ids, _ = sequences(1, 3, torch.Generator().manual_seed(2))
        other = ids.clone()
        other[0, 0] = (ids[0, 0] + 1) % ITEMS
        for architecture in ARCHITECTURES:
            torch.manual_seed(3)
            reader = build_reader(architecture, 16)
            self.assertGreater((reader(ids) - reader(other)).abs().max().item(), 1e-6, architecture)

    def test_a_short_gap_is_learnt_and_ends_early(self):
        accuracy, seen = learn("gru", 1, 4, 400)
        self.assertEqual(accuracy, 100)
        self.assertLess(seen, 400 * 32)


class PlotTests(unittest.TestCase):
    def test_has_a_line_and_a_name_for_each_series(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "plot.svg"
            line_chart(path, "a < b", "x", "y", (1, 2, 3), {"one": [0, 50, 100], "two": [None, 20, 30]}, 0, 100)
            root = xml.parse(path).getroot()
        lines = [line.get("points").split() for line in root.iter(f"{_SVG}polyline")]
        self.assertEqual([len(points) for points in lines], [3, 2])
        heights = [float(point.split(",")[1]) for point in lines[0]]
        self.assertEqual(heights, sorted(heights, reverse=True))
        self.assertLessEqual({"a < b", "x", "y", "one", "two"}, {text.text for text in root.iter(f"{_SVG}text")})


class MarkdownTests(unittest.TestCase):
    def test_the_named_table_alone_is_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.md"
            page = "".join(f"<!-- table {name}: written by training/shelf.py -->\nold\n<!-- end of table -->\n" for name in ("a", "b"))
            path.write_text(page, encoding="utf-8")
            between_markers(path, table(["h"], [[1]]), "b")
            self.assertEqual(path.read_text(encoding="utf-8"), "| h |\n| --- |\n| 1 |".join(page.rsplit("old", 1)))


if __name__ == "__main__":
    unittest.main()
